using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>What somebody sees who starts Orrery for the first time.</summary>
public sealed partial class NewcomerTests(SharedUp shared)
{
    private readonly UpProcess _up = shared.Up;

    [Fact]
    public void Up_says_where_everything_is_and_what_to_do_next()
    {
        foreach (string part in (string[])[_up.Home, $"{_up.Gateway}/v1", _up.Api, "admin.key", "model planets: ready", "curl "])
            Assert.Contains(part, _up.Output);
        Assert.DoesNotContain(_up.Key, _up.Output);
    }

    [Fact]
    public async Task The_curl_line_works_when_pasted()
    {
        Shell.Need("curl");
        string line = _up.Output.Split('\n').Single(l => l.TrimStart().StartsWith("curl ", StringComparison.Ordinal)).Trim();

        var ran = await Shell.BashAsync(line);

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.Contains("2 moons", JsonNode.Parse(ran.Output)!["choices"]![0]!["message"]!["content"]!.ToString());
    }

    [Fact]
    public void Only_the_owner_can_read_the_secrets_and_the_admin_key_is_the_only_key_file()
    {
        static bool IsPrivate(string path) => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var files = Directory.EnumerateFiles(_up.Home).Concat(Directory.EnumerateDirectories(_up.Home).SelectMany(Directory.EnumerateFiles)).ToList();

        Assert.True(IsPrivate(Path.Combine(_up.Home, "admin.key")));
        Assert.True(IsPrivate(Path.Combine(_up.Home, "kubeconfig")));
        Assert.Matches(KeyShape(), File.ReadAllText(Path.Combine(_up.Home, "admin.key")));
        Assert.Equal(
            [Path.Combine(_up.Home, "admin.key")],
            files.Where(f => Path.GetFileName(f).Contains("key", StringComparison.OrdinalIgnoreCase) && IsPrivate(f) && !f.Contains("/pki/", StringComparison.Ordinal)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_up.Home));
    }

    [Fact]
    public async Task The_key_is_nowhere_in_clear_but_in_its_file()
    {
        var holders = new List<string>();
        foreach (string file in Directory.EnumerateFiles(_up.Home, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal) && Path.GetFileName(f) != "lock"))
        {
            byte[] content = await ReadSharedAsync(file);
            if (content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(_up.Key)) >= 0)
                holders.Add(Path.GetFileName(file));
        }

        Assert.Equal(["admin.key"], holders);
        Assert.Empty(Processes.Mentioning(_up.Key));
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    [GeneratedRegex(@"\A[\x21-\x7e]+\n\z")]
    private static partial Regex KeyShape();
}
