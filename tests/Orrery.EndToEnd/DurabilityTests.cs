using System.Text.RegularExpressions;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Acknowledged means on disk: seen in the system calls of the running program, not in its source.</summary>
public sealed partial class DurabilityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sync_comes_between_each_write_and_its_reply()
    {
        string strace = Shell.Need("strace");
        await using var up = await UpProcess.StartAsync(_folder.File("home"));
        string trace = _folder.File("trace");
        using var tracing = Shell.Start(
            strace, ["-f", "-yy", "-ttt", "-e", "trace=fsync,fdatasync,pwrite64,write,sendto,sendmsg", "-s", "0", "-p", up.Process.Id.ToString(), "-o", trace]);
        try
        {
            string? attached = await tracing.StandardError.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
            Assert.SkipWhen(attached is null || attached.Contains("not permitted", StringComparison.Ordinal), $"strace may not attach here: {attached}");
            for (int i = 0; i < 5; i++)
            {
                await File.WriteAllTextAsync(_folder.File("s.yaml"), $"apiVersion: v1\nkind: Secret\nmetadata: {{name: traced-{i}}}\n", Ct);
                await up.OrreryOutputAsync("apply", "-f", _folder.File("s.yaml"));
            }
        }
        finally
        {
            await Shell.RunAsync("kill", ["-INT", tracing.Id.ToString()]);
            await tracing.WaitForExitAsync(Ct);
        }

        // A write to the log of the database makes it dirty, a sync of it clean; no reply may leave while it is dirty.
        string[] lines = await File.ReadAllLinesAsync(trace, Ct);
        int syncs = 0;
        int replies = 0;
        bool dirty = false;
        var early = new List<string>();
        foreach (string line in lines)
        {
            bool database = line.Contains("resources.db", StringComparison.Ordinal);
            if (database && line.Contains("pwrite64(", StringComparison.Ordinal))
                dirty = true;
            else if (database && SyncDone().IsMatch(line))
                (dirty, syncs) = (false, syncs + 1);
            else if (ApiReply(up).IsMatch(line))
            {
                replies++;
                if (dirty)
                    early.Add(line);
            }
        }

        Assert.True(syncs >= 5, $"{syncs} syncs in {lines.Length} traced calls");
        Assert.True(replies >= 5, $"{replies} replies in {lines.Length} traced calls");
        Assert.Empty(early);
    }

    // A reply is what is sent from the API's port.
    private static Regex ApiReply(UpProcess up) => new($@"(sendto|sendmsg|write)\(\d+<TCP:\[127\.0\.0\.1:{new Uri(up.Api).Port}->");

    [GeneratedRegex(@"(fsync|fdatasync)\(")]
    private static partial Regex SyncDone();
}
