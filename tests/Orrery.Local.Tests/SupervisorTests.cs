using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Supervision;
using Orrery.Local.Workloads;

namespace Orrery.Local.Tests;

public sealed class SupervisorTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SupervisorClient _client;

    private readonly string _id = Guid.NewGuid().ToString();

    public SupervisorTests()
        => _client = new SupervisorClient([.. Program.Command, "supervise", _folder.Path], TimeProvider.System, NullLogger.Instance);

    public async ValueTask InitializeAsync() => Assert.IsType<SupervisorNews.Up>(await NextAsync());

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_child_that_ends_is_reported_with_its_code_after_its_log_is_complete()
    {
        Start("echo one; echo two >&2; printf unfinished; exit 3");

        Assert.IsType<SupervisorEvent.Started>(await NextEventAsync());
        Assert.Equal(new SupervisorEvent.Exited(_id, 3, null), await NextEventAsync());

        var lines = Lines();
        Assert.Equal(["one", "two", "unfinished"], lines.Select(l => l.Text).Order());
        Assert.Equal(["two"], lines.Where(l => l.IsError).Select(l => l.Text));
    }

    [Fact]
    public async Task A_child_that_a_signal_ends_is_reported_with_the_signal()
    {
        Start("kill -9 $$");

        Assert.IsType<SupervisorEvent.Started>(await NextEventAsync());
        Assert.Equal(new SupervisorEvent.Exited(_id, null, 9), await NextEventAsync());
    }

    [Fact]
    public async Task Whatever_goes_wrong_with_a_supervisor_is_told_and_another_is_tried()
    {
        // No command at all is a fault that nothing expects.
        await using var client = new SupervisorClient([], TimeProvider.System, NullLogger.Instance);

        for (int i = 0; i < 2; i++)
        {
            var news = await client.News.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.IsType<SupervisorNews.Down>(news);
        }
    }

    [Fact]
    public async Task A_run_folder_that_is_cleared_away_does_not_end_the_supervisor()
    {
        Start("sleep 1004");
        await NextEventAsync();

        Directory.Delete(_folder.Path, recursive: true);
        _client.TrySend(new SupervisorCommand.Stop(_id, 30_000));

        Assert.Equal(new SupervisorEvent.Exited(_id, null, Posix.SigTerm), await NextEventAsync());
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        _client.TrySend(new SupervisorCommand.Start(_id, ["no-such-program"], new Dictionary<string, string>(), _folder.Path, _folder.File("log")));

        Assert.Contains("'no-such-program'", Assert.IsType<SupervisorEvent.Failed>(await NextEventAsync()).Message);
    }

    [Fact]
    public async Task A_child_gets_a_session_of_its_own_no_input_and_no_descriptors()
    {
        Start("ls /proc/self/fd | sort -n | tr '\\n' ' '; readlink /proc/self/fd/0; ps -o sid= -p $$ | tr -d ' '; echo $$; grep SigIgn /proc/self/status; echo $GIVEN");

        int pid = Assert.IsType<SupervisorEvent.Started>(await NextEventAsync()).Pid;
        await NextEventAsync();

        // 3 is the folder that ls itself reads.
        var lines = Lines().Select(l => l.Text).ToList();
        Assert.Equal(["0 1 2 3 /dev/null", $"{pid}", $"{pid}", "value"], lines.Where(l => !l.StartsWith("SigIgn", StringComparison.Ordinal)));
        // Signals 1 to 31; the C library keeps two above for itself.
        Assert.Equal(0, long.Parse(lines[3].Split('\t')[1], System.Globalization.NumberStyles.HexNumber) & 0x7FFF_FFFF);
    }

    [Fact]
    public async Task A_stop_is_TERM_first()
    {
        Start("trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        await NextEventAsync();
        await LoggedAsync("up");

        _client.TrySend(new SupervisorCommand.Stop(_id, 30_000));

        Assert.Equal(new SupervisorEvent.Exited(_id, 0, null), await NextEventAsync());
        await LoggedAsync("asked");
    }

    [Fact]
    public async Task What_ignores_TERM_is_killed_after_the_grace_with_all_below_it()
    {
        Start("trap '' TERM; setsid sleep 1003 & echo $!; while :; do sleep 0.05; done");
        await NextEventAsync();
        int below = int.Parse(await FirstLineAsync());

        _client.TrySend(new SupervisorCommand.Stop(_id, 100));

        Assert.Equal(new SupervisorEvent.Exited(_id, null, 9), await NextEventAsync());
        await Eventually.TrueAsync(() => ProcessTable.Find(below) is null or { IsZombie: true }, () => $"{below} lives");
    }

    [Theory]
    [InlineData("sleep 1004 & echo $!; exit 0")]
    [InlineData("(setsid sh -c 'echo $$; exec sleep 1005' &); sleep 0.3; exit 0")]
    public async Task What_a_child_leaves_behind_goes_with_it(string script)
    {
        Start(script);
        await NextEventAsync();
        Assert.IsType<SupervisorEvent.Exited>(await NextEventAsync());
        int left = int.Parse(await FirstLineAsync());

        await Eventually.TrueAsync(() => ProcessTable.Find(left) is null or { IsZombie: true }, () => $"{left} lives");
    }

    [Fact]
    public async Task A_child_that_floods_its_log_leaves_two_bounded_files()
    {
        Start("yes 'a line of some length that repeats and repeats' | head -c 30000000; echo; echo done");
        await NextEventAsync();
        Assert.IsType<SupervisorEvent.Exited>(await NextEventAsync());

        var numbers = LogFile.Numbers(_folder.File("log"));
        Assert.Equal(2, numbers.Count);
        Assert.True(numbers[0] > 0);
        foreach (int number in numbers)
            Assert.InRange(new FileInfo(LogFile.PathOf(_folder.File("log"), number)).Length, 1, LogFile.MaxFileBytes);
        Assert.Equal("done", Lines()[^1].Text);
    }

    [Fact]
    public async Task A_line_too_long_is_cut_in_pieces()
    {
        Start("head -c 150000 /dev/zero | tr '\\0' x; echo");
        await NextEventAsync();
        await NextEventAsync();

        Assert.Equal([65536, 65536, 150000 - 2 * 65536], Lines().Select(l => l.Text.Length));
    }

    private void Start(string script) => Assert.True(_client.TrySend(
        new SupervisorCommand.Start(_id, ["sh", "-c", script], new Dictionary<string, string> { ["GIVEN"] = "value" }, _folder.Path, _folder.File("log"))));

    private async Task<SupervisorNews> NextAsync()
        => await _client.News.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private async Task<SupervisorEvent> NextEventAsync() => Assert.IsType<SupervisorNews.Said>(await NextAsync()).Event;

    private Task LoggedAsync(string text) => Eventually.TrueAsync(() => Lines().Any(l => l.Text == text), () => string.Join('\n', Lines().Select(l => l.Text)));

    private async Task<string> FirstLineAsync()
        => await Eventually.SeesAsync(() => Task.FromResult(Lines().Select(l => l.Text).FirstOrDefault()), () => "no line");

    private List<Orrery.Resources.Workloads.LogLine> Lines()
    {
        var lines = new List<Orrery.Resources.Workloads.LogLine>();
        using var cursor = new LogCursor("c", _folder.File("log"));
        for (; cursor.Peek() is { } line; cursor.Take())
            lines.Add(line);
        return lines;
    }
}
