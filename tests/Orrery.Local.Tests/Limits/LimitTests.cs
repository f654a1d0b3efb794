using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Limits;
using Orrery.Local.Supervision;

namespace Orrery.Local.Tests.Limits;

/// <summary>Limits as this machine holds them.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const long Memory = 64 << 20;

    private readonly TempFolder _folder = new();
    private readonly string _id = Guid.NewGuid().ToString();
    private SupervisorClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_wants_more_memory_than_its_limit_is_killed_and_that_is_said()
    {
        SkipWithoutGroups("memory");
        await SuperviseAsync();

        // Keeps all that it reads, which has no line and no end.
        Start("exec tail /dev/zero", new ReplicaLimits(Memory, null));

        Assert.Null(Assert.IsType<SupervisorEvent.Started>(await NextAsync()).NotHeld);
        Assert.Equal(new SupervisorEvent.Exited(_id, null, Posix.SigKill, OomKilled: true), await NextAsync());
        await GroupsAreGoneAsync();
    }

    [Fact]
    public async Task What_loses_one_process_to_its_limit_ends_whole()
    {
        SkipWithoutGroups("memory");
        await SuperviseAsync();

        // The shell itself wants little and would wait for a long time.
        Start("tail /dev/zero & sleep 1009", new ReplicaLimits(Memory, null));

        await NextAsync();
        Assert.Equal(new SupervisorEvent.Exited(_id, null, Posix.SigKill, OomKilled: true), await NextAsync());
        await GroupsAreGoneAsync();
    }

    [Fact]
    public async Task What_ends_otherwise_is_not_said_to_have_wanted_memory()
    {
        SkipWithoutGroups("memory");
        await SuperviseAsync();

        Start("kill -9 $$", new ReplicaLimits(Memory, null));

        await NextAsync();
        Assert.Equal(new SupervisorEvent.Exited(_id, null, Posix.SigKill), await NextAsync());
    }

    [Fact]
    public async Task A_child_is_in_its_groups_from_its_first_instruction_with_all_that_it_starts()
    {
        SkipWithoutGroups("memory");
        await SuperviseAsync();

        Start("cat /proc/self/cgroup; sh -c 'cat /proc/self/cgroup'", new ReplicaLimits(Memory, 0.5));
        await NextAsync();
        Assert.Equal(new SupervisorEvent.Exited(_id, 0, null), await NextAsync());

        var lines = Lines();
        Assert.Equal(lines.Take(lines.Count / 2), lines.Skip(lines.Count / 2));
        Assert.Contains(lines, l => (l.Contains(":memory:", StringComparison.Ordinal) || l.StartsWith("0::", StringComparison.Ordinal)) && l.Contains("/orrery-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_limits_stand_in_the_files_of_the_groups()
    {
        SkipWithoutGroups("memory", "cpu");
        await SuperviseAsync();

        Start("sleep 1006", new ReplicaLimits(Memory, 0.5));
        await NextAsync();

        string Text(string name) => string.Concat(Groups().SelectMany(g => Directory.GetFiles(g, name)).Select(File.ReadAllText)).Trim();
        bool isFirst = Program.ThisMachine is LimitForm.Version1;
        Assert.Equal($"{Memory}", Text(isFirst ? "memory.limit_in_bytes" : "memory.max"));
        Assert.Equal(isFirst ? "50000" : "50000 100000", Text(isFirst ? "cpu.cfs_quota_us" : "cpu.max"));

        _client.TrySend(new SupervisorCommand.Stop(_id, 30_000));
        await NextAsync();
        await GroupsAreGoneAsync();
    }

    [Fact]
    public async Task Groups_that_a_killed_supervisor_left_are_emptied_and_removed_by_the_next()
    {
        SkipWithoutGroups("memory");
        await SuperviseAsync();
        Start("setsid sleep 1007 & sleep 1008", new ReplicaLimits(Memory, null));
        int child = Assert.IsType<SupervisorEvent.Started>(await NextAsync()).Pid;
        Assert.NotEmpty(Groups());

        Posix.Signal(ProcessTable.Find(child)!.ParentPid, Posix.SigKill);

        await GroupsAreGoneAsync();
        await Eventually.TrueAsync(() => ProcessTable.Find(child) is null or { IsZombie: true }, () => $"{child} lives");
    }

    [Fact]
    public async Task A_program_that_is_not_there_leaves_no_group()
    {
        SkipWithoutGroups("memory");
        await SuperviseAsync();

        _client.TrySend(new SupervisorCommand.Start(_id, ["no-such-program"], new Dictionary<string, string>(), _folder.Path, _folder.File("log"), new ReplicaLimits(Memory, 1)));

        Assert.Contains("'no-such-program'", Assert.IsType<SupervisorEvent.Failed>(await NextAsync()).Message);
        await GroupsAreGoneAsync();
    }

    [Fact]
    public async Task In_version_2_a_child_starts_in_its_group_and_the_supervisor_stays_where_it_was()
    {
        string? mount = LimitMount();
        Assert.SkipWhen(mount is null, "no cgroup2 file system is mounted here that this user may write to");
        await SuperviseAsync("v2", mount!);

        Start("cat /proc/self/cgroup; while grep -q orrery- /proc/$PPID/cgroup; do sleep 0.05; done; cat /proc/$PPID/cgroup", new ReplicaLimits(Memory, null));

        // Without controllers nothing can be held, which is said; being in the group does not depend on them.
        Assert.Contains("is not held", Assert.IsType<SupervisorEvent.Started>(await NextAsync()).NotHeld);
        await NextAsync();
        var inside = Lines().Where(l => l.StartsWith("0::", StringComparison.Ordinal)).ToList();
        Assert.Contains("/orrery-", inside[0]);
        Assert.DoesNotContain("/orrery-", inside[1]);
        await Eventually.TrueAsync(() => !Left([mount!]).Any(), () => string.Join(' ', Left([mount!])));
    }

    [Fact]
    public async Task Without_groups_the_data_of_each_process_is_bounded_and_the_rest_is_said_not_to_be()
    {
        await SuperviseAsync("rlimit");

        Start("sleep 0.3; ulimit -d", new ReplicaLimits(Memory, 2));

        Assert.Contains("2 processors is not held", Assert.IsType<SupervisorEvent.Started>(await NextAsync()).NotHeld);
        await NextAsync();
        Assert.Equal($"{Memory / 1024}", Lines()[^1]);
    }

    private static void SkipWithoutGroups(params string[] controllers)
        => Assert.SkipUnless(controllers.All(Program.ThisMachine.Has), $"this user can make no control group for {string.Join(" and ", controllers)} here");

    private static string? LimitMount() => new[] { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" }.FirstOrDefault(m => File.Exists(Path.Combine(m, "cgroup.controllers")) && Posix.IsWritable(m));

    private async Task SuperviseAsync(params string[] form)
    {
        _client = new SupervisorClient([.. Program.Command, "supervise", _folder.Path, .. form], TimeProvider.System, NullLogger.Instance);
        Assert.IsType<SupervisorNews.Up>(await _client.News.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }

    private void Start(string script, ReplicaLimits limits)
        => Assert.True(_client.TrySend(new SupervisorCommand.Start(_id, ["sh", "-c", script], new Dictionary<string, string>(), _folder.Path, _folder.File("log"), limits)));

    private async Task<SupervisorEvent> NextAsync()
        => Assert.IsType<SupervisorNews.Said>(await _client.News.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct)).Event;

    private Task GroupsAreGoneAsync() => Eventually.TrueAsync(() => !Left(LimitGroupsOf.Bases(Program.ThisMachine)).Any(), () => string.Join(' ', Left(LimitGroupsOf.Bases(Program.ThisMachine))));

    private IEnumerable<string> Groups() => Left(LimitGroupsOf.Bases(Program.ThisMachine)).SelectMany(Directory.GetDirectories);

    private IEnumerable<string> Left(IEnumerable<string> bases) => LimitGroupsOf.Home(bases, _folder.Path);

    private List<string> Lines()
    {
        var lines = new List<string>();
        using var cursor = new Orrery.Local.Workloads.LogCursor("c", _folder.File("log"));
        for (; cursor.Peek() is { } line; cursor.Take())
            lines.Add(line.Text);
        return lines;
    }
}
