using Orrery.Local.Machine;

namespace Orrery.Local.Tests.Machine;

public sealed class MachineToolsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<string> ShellAsync(string script) => MachineTools.AskAsync("/bin/sh", ["-c", script], Ct);

    [Fact]
    public async Task A_tool_that_is_absent_or_fails_has_said_nothing()
    {
        Assert.Equal("", await MachineTools.AskAsync("no-such-tool-anywhere", [], Ct));
        Assert.Equal("", await ShellAsync("echo half; exit 3"));
        Assert.Equal("whole\n", await ShellAsync("echo whole"));
    }

    [Fact]
    public async Task Complaints_without_end_do_not_stop_the_answer()
        => Assert.Equal("done\n", await ShellAsync("head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; echo done"));

    [Fact]
    public async Task A_tool_that_hangs_ends_with_whoever_asked_and_so_do_its_children()
    {
        string marker = Path.GetTempFileName();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var asked = MachineTools.AskAsync("/bin/sh", ["-c", $"sleep 600 & echo $! > {marker}; wait"], stop.Token);
        int child = 0;
        await Eventually.TrueAsync(() => int.TryParse(File.ReadAllText(marker).Trim(), out child), () => File.ReadAllText(marker));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{child}") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal), () => $"process {child} lives");
        File.Delete(marker);
    }
}
