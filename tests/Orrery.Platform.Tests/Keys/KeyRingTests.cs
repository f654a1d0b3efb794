using System.Text;
using Orrery.Local.Store;
using Orrery.Platform.Access;
using Orrery.Platform.Database;
using Orrery.Platform.Keys;

namespace Orrery.Platform.Tests.Keys;

public sealed class KeyRingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private async Task<KeyRing> OpenAsync()
        => await KeyRing.OpenAsync(await PlatformDatabase.OpenAsync(() => SqliteConnections.Open(_folder.File("platform.db")), Ct), Ct);

    [Fact]
    public async Task An_issued_key_finds_its_holder_also_after_the_ring_is_opened_again()
    {
        var ring = await OpenAsync();
        string key = await ring.IssueAsync("alice", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);

        var expected = new Caller("alice", "admin") { Credential = $"KEY={key[4..16]}" };
        Assert.Equal(expected, ring.Find(key));
        Assert.Equal(expected, (await OpenAsync()).Find(key));
    }

    [Fact]
    public async Task What_is_no_key_or_not_quite_the_key_finds_nobody()
    {
        var ring = await OpenAsync();
        string key = await ring.IssueAsync("alice", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);
        string[] wrong =
        [
            "", "x", "Bearer", key + "x", key[..^1], key.ToUpperInvariant(), key[..16], key[..17], " " + key,
            string.Concat(key.AsSpan(0, key.Length - 1), key[^1] == 'A' ? "B" : "A"), new string('a', 100_000), "orr-000000000000-" + key[17..], "\0", "🔑",
        ];

        Assert.Null(ring.Find(null));
        foreach (string text in wrong)
            Assert.True(ring.Find(text) is null, text.Length > 80 ? text[..80] : text);
    }

    [Fact]
    public async Task A_new_key_of_a_name_replaces_the_old_one()
    {
        var ring = await OpenAsync();
        string old = await ring.IssueAsync("alice", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);
        string other = await ring.IssueAsync("bob", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);
        string renewed = await ring.IssueAsync("alice", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);

        Assert.Null(ring.Find(old));
        Assert.NotNull(ring.Find(renewed));
        Assert.NotNull(ring.Find(other));
    }

    [Fact]
    public async Task No_file_of_the_database_holds_the_key_and_equal_keys_would_not_be_equal_hashes()
    {
        var ring = await OpenAsync();
        string key = await ring.IssueAsync("alice", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);
        byte[] secret = Encoding.ASCII.GetBytes(key[17..]);

        foreach (string file in Directory.EnumerateFiles(_folder.Path))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Ct);
            Assert.True(copy.ToArray().AsSpan().IndexOf(secret) < 0, $"{Path.GetFileName(file)} holds the key");
        }
        Assert.NotEqual(KeyText.Hash([1], key), KeyText.Hash([2], key));
    }
}
