using System.Diagnostics;
using Orrery.Local.Supervision;

namespace Orrery.Local.Tests;

public sealed class DeathTests : IDisposable
{
    private const string MarkVariable = "ORRERY_TEST_MARK";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private readonly TempFolder _folder = new();
    private readonly string _mark = Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        for (var left = Marked(); left.Count > 0; left = Marked())
            left.ForEach(pid => Posix.Signal(pid, Posix.SigKill));
        _folder.Dispose();
    }

    [Fact]
    public async Task When_the_parent_is_killed_no_descendant_lives_five_seconds_later()
    {
        using var parent = await HoldAsync();

        Posix.Signal(parent.Id, Posix.SigKill);

        await AllGoneAsync();
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.pid"));
    }

    [Fact]
    public async Task When_the_supervisor_is_told_to_terminate_it_takes_all_along()
    {
        using var parent = await HoldAsync();
        // The parent would start another supervisor at once.
        int supervisor = SupervisorOf(parent);
        Posix.Signal(parent.Id, 19);

        Posix.Signal(supervisor, Posix.SigTerm);

        await Eventually.TrueAsync(() => Marked().All(p => p == parent.Id), Seen, Bound);
    }

    [Fact]
    public async Task When_the_supervisor_is_killed_the_next_one_kills_what_it_left()
    {
        using var parent = await HoldAsync();
        var before = Marked();
        int supervisor = SupervisorOf(parent);

        Posix.Signal(supervisor, Posix.SigKill);

        await Eventually.TrueAsync(() => Marked().Intersect(before).All(p => p == parent.Id), Seen, Bound);
        await Eventually.TrueAsync(() => Marked().Except(before).Count() >= 5, Seen);
    }

    [Fact]
    public async Task Ctrl_C_from_the_terminal_is_left_to_the_parent()
    {
        using var parent = await HoldAsync();
        int supervisor = SupervisorOf(parent);

        Posix.Signal(supervisor, 2);
        Posix.Signal(supervisor, 1);
        Posix.Signal(parent.Id, Posix.SigKill);

        await AllGoneAsync();
    }

    private async Task<Process> HoldAsync()
    {
        var start = new ProcessStartInfo(Program.Command[0], [.. Program.Command.Skip(1), "hold", _folder.Path, _folder.File("log")]);
        start.Environment[MarkVariable] = _mark;
        var parent = Process.Start(start)!;
        await Eventually.TrueAsync(() => new[] { "sleep 1000", "sleep 1001", "sleep 1002" }.All(c => Seen().Contains(c, StringComparison.Ordinal)), Seen);
        return parent;
    }

    private Task AllGoneAsync() => Eventually.TrueAsync(() => Marked().Count == 0, Seen, Bound);

    private List<int> Marked()
        => [.. ProcessTable.Read().Where(p => !p.IsZombie && ProcessTable.HasVariable(p.Pid, MarkVariable, _mark)).Select(p => p.Pid).Order()];

    private static int SupervisorOf(Process parent)
        => ProcessTable.Read().Single(p => p.ParentPid == parent.Id && CommandLine(p.Pid).Contains("supervise", StringComparison.Ordinal)).Pid;

    private string Seen() => string.Join("; ", Marked().Select(p => $"{p} {CommandLine(p)}"));

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
