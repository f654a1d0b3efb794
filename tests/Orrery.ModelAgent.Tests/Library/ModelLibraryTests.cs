using System.Security.Cryptography;
using Orrery.ModelAgent.Library;

namespace Orrery.ModelAgent.Tests.Library;

public sealed class ModelLibraryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly ModelLibrary _library;

    public ModelLibraryTests() => _library = new ModelLibrary(_folder.File("models"), _time);

    public void Dispose() => _folder.Dispose();

    private string Keep(byte[] content)
    {
        string path = _folder.File("new"), sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes(path, content);
        _library.Keep(path, sha256);
        return sha256;
    }

    private VersionRecord Add(params ReadOnlySpan<byte> content)
    {
        var now = _time.GetUtcNow();
        var version = new VersionRecord
        {
            Owner = "clusterbasemodels/m", Key = "k", Uri = "hf://org/m", Entry = "", Files = [new RecordedFile("a", content.Length, Keep(content.ToArray()), null)],
            Arrived = now, LastUsed = now, Verified = now, Refreshed = now,
        };
        _library.Add(version);
        return version;
    }

    [Fact]
    public void Who_knows_an_earlier_state_of_a_version_does_not_remove_the_present_one()
    {
        var before = Add(1);
        var now = Add(2, 2);
        _library.Update(now.Owner, now.Key, v => v with { LastUsed = v.LastUsed.AddDays(1) });

        Assert.False(_library.Remove(before));
        Assert.True(_library.IsWhole(_library.Find(now.Owner, now.Key)!));
        Assert.True(_library.Remove(now));
        Assert.Null(_library.Find(now.Owner, now.Key));
    }

    [Fact]
    public void A_content_goes_when_neither_a_version_nor_a_download_has_it()
    {
        var version = Add(1);
        string content = version.Files[0].Sha256;
        var hold = _library.Hold(content);

        _library.Remove(version);
        bool held = _library.Has(content, 1);
        hold.Dispose();
        _library.DropUnused([content]);

        Assert.True(held);
        Assert.False(_library.Has(content, 1));
    }

    [Fact]
    public void Leftovers_that_nobody_came_back_for_go_after_a_week_and_nothing_else()
    {
        var version = Add(1);
        string left = Keep([2]), held = Keep([3]), partial = _library.PartialStem("p") + ".bytes", fresh = _library.PartialStem("q") + ".bytes";
        using var hold = _library.Hold(held);
        File.WriteAllBytes(partial, [1]);
        File.WriteAllBytes(fresh, [1]);
        var weekAgo = _time.GetUtcNow().UtcDateTime.AddDays(-8);
        foreach (string path in (string[])[.. Directory.EnumerateFiles(Path.Combine(_library.Root, "blobs"), "*", SearchOption.AllDirectories), partial])
            File.SetLastWriteTimeUtc(path, weekAgo);
        File.SetLastWriteTimeUtc(fresh, _time.GetUtcNow().UtcDateTime);

        _library.ClearLeftovers(_time.GetUtcNow());

        Assert.Equal((false, true, true), (_library.Has(left, 1), _library.Has(held, 1), _library.Has(version.Files[0].Sha256, 1)));
        Assert.Equal((false, true), (File.Exists(partial), File.Exists(fresh)));
    }
}
