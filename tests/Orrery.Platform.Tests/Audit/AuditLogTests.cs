using System.Text.Json.Nodes;
using Orrery.Platform.Access;
using Orrery.Platform.Audit;
using Orrery.Platform.Lines;

namespace Orrery.Platform.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_go_on_after_the_last_one_of_an_earlier_start_and_only_the_owner_reads_them()
    {
        using (var first = AuditLog.Open(_folder.Path))
            Assert.Null(first.Record(Event("a")));
        using (var second = AuditLog.Open(_folder.Path))
        {
            Assert.Null(second.Record(Event("b")));
            Assert.Null(await second.SyncAsync());
        }

        Assert.Equal(["a", "b"], Names());
        Assert.All(Directory.GetFiles(_folder.Path), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void Half_a_line_that_a_power_cut_left_spoils_only_itself()
    {
        File.WriteAllText(_folder.File("audit.jsonl.4"), """{"kind":"Ev""");

        using (var log = AuditLog.Open(_folder.Path))
            Assert.Null(log.Record(Event("a")));

        string[] lines = File.ReadAllLines(_folder.File("audit.jsonl.4"));
        Assert.Equal(2, lines.Length);
        Assert.Equal("a", (string?)JsonNode.Parse(lines[1])!["objectRef"]!["name"]);
    }

    [Fact]
    public async Task Many_at_once_lose_nothing_and_full_files_are_followed_by_new_ones()
    {
        using (var log = AuditLog.Open(_folder.Path, new LineLimits(MaxFileBytes: 4000, MaxFiles: 1000)))
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
            {
                Assert.Null(log.Record(Event($"n{i:000}")));
                Assert.Null(await log.SyncAsync());
            }, TestContext.Current.CancellationToken)));
        }

        Assert.True(Directory.GetFiles(_folder.Path, "audit.jsonl.*").Length > 10);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"n{i:000}"), Names().Order());
    }

    [Fact]
    public void A_flood_of_unknown_callers_pushes_out_none_of_the_known()
    {
        using (var log = AuditLog.Open(_folder.Path, new LineLimits(MaxFileBytes: 2000, MaxFiles: 2)))
        {
            Assert.Null(log.Record(Event("a")));
            for (int i = 0; i < 50; i++)
                Assert.Null(log.Record(Event("b") with { Caller = null }));
        }

        Assert.Equal(["a"], Names());
        Assert.Equal(2, Directory.GetFiles(_folder.Path, "audit-unknown.jsonl.*").Length);
    }

    [Fact]
    public void A_new_file_that_cannot_be_made_is_told_and_nothing_is_lost()
    {
        using (var log = AuditLog.Open(_folder.Path, new LineLimits(MaxFileBytes: 600)))
        {
            Assert.Null(log.Record(Event("a")));
            Directory.CreateDirectory(_folder.File("audit.jsonl.1"));
            Assert.NotNull(log.Record(Event("b")));
            Directory.Delete(_folder.File("audit.jsonl.1"));
            Assert.Null(log.Record(Event("c")));
        }

        Assert.Equal(["a", "c"], Names().Order());
    }

    private string[] Names()
        => [.. Directory.GetFiles(_folder.Path, "audit.jsonl.*").SelectMany(File.ReadAllLines).Select(l => (string)JsonNode.Parse(l)!["objectRef"]!["name"]!)];

    private static AuditEvent Event(string name) => new()
    {
        Id = Guid.NewGuid(),
        Stage = AuditStage.RequestReceived,
        Caller = new Caller("admin", Roles.Admin),
        Request = new AccessRequest("delete", "secrets", "default", name),
        RequestUri = $"/api/v1/namespaces/default/secrets/{name}",
        Received = DateTimeOffset.UnixEpoch,
        Reached = DateTimeOffset.UnixEpoch,
    };
}
