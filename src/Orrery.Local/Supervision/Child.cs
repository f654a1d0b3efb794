using System.Collections;
using Orrery.Local.Limits;

namespace Orrery.Local.Supervision;

/// <summary>One process that the supervisor started, from its start until its last output is in the log. Touched by the supervisor's loop alone.</summary>
internal sealed class Child : IDisposable
{
    private readonly LogPump _pump;

    private readonly bool _mayLeave;

    private Child(string id, int pid, LogPump pump, LimitGroup group, bool mayLeave)
    {
        Id = id;
        _mayLeave = mayLeave;
        Pid = pid;
        _pump = pump;
        Group = group;
    }

    public string Id { get; }

    /// <summary>Also the number of its session and its process group.</summary>
    public int Pid { get; }

    /// <summary>What holds its limits.</summary>
    public LimitGroup Group { get; }

    /// <summary>Something of it was killed for want of memory, and nobody had told it to stop.</summary>
    public bool IsOomKilled { get; private set; }

    /// <summary>Null: runs.</summary>
    public ExitedChild? Exit { get; private set; }

    /// <summary>Everything that it wrote is in the log.</summary>
    public bool LogWritten { get; set; }

    /// <summary>Fires when the grace of a stop is over.</summary>
    public ITimer? Grace { get; set; }

    /// <summary>What was below it when it was told to stop; some of that may leave its session and its family meanwhile.</summary>
    public List<ProcessEntry> Family { get; } = [];

    /// <param name="logWritten">Called from another thread once all that it wrote is in the log.</param>
    /// <returns>The child, or why there is none.</returns>
    public static (Child? Child, string Problem) Start(SupervisorCommand.Start start, TimeProvider time, PidFiles pidFiles, LimitGroups groups, Action logWritten)
    {
        LogFile? log = null;
        LimitGroup? group = null;
        try
        {
            log = new LogFile(start.LogPath, time);
            if (pidFiles.TryAnnounce(start.Id) is { } unwritable)
            {
                // Without the note a follower could not find it.
                log.Dispose();
                return (null, unwritable);
            }
            log.AddStart();
            group = groups.Make(start.Id, start.Limits);
            var (outputRead, outputWrite) = Posix.Pipe();
            var (errorRead, errorWrite) = Posix.Pipe();
            SpawnOutcome outcome;
            using (outputWrite)
            using (errorWrite)
                outcome = group.Start(folder => Spawn.Start(start.Argv, EnvironmentOf(start), start.Cwd, outputWrite, errorWrite, folder));
            if (outcome is SpawnOutcome.Running { Pid: var pid })
            {
                pidFiles.Complete(start.Id, pid);
                return (new Child(start.Id, pid, LogPump.Start(log, outputRead, errorRead, logWritten), group, start.MayLeave), "");
            }
            groups.Discard(group);
            pidFiles.Remove(start.Id);
            log.Dispose();
            outputRead.Dispose();
            errorRead.Dispose();
            return (null, ((SpawnOutcome.Failed)outcome).Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (group is not null)
                groups.Discard(group);
            pidFiles.Remove(start.Id);
            log?.Dispose();
            return (null, e.Message);
        }
    }

    /// <summary>It was reaped: what it left in its session goes too, and its log is closed.</summary>
    public void Ended(ExitedChild exit)
    {
        Exit = exit;
        IsOomKilled = Grace is null && exit.Code != 0 && Group.OomKills() > 0;
        KillAll();
        _pump.ChildEnded();
    }

    public void Terminate()
    {
        Family.AddRange(ProcessTable.DescendantsOf(Pid, ProcessTable.Read()));
        Posix.Signal(-Pid, Posix.SigTerm);
        // A stopped process acts on TERM only once it goes on.
        Posix.Signal(-Pid, Posix.SigCont);
    }

    /// <summary>KILL to the child unless it ended, to its session and to what it started.</summary>
    public void KillAll()
    {
        var processes = ProcessTable.Read();
        var doomed = processes.Where(p => p.Session == Pid || IsFamily(p) || IsOrphanOfOurs(p)).ToList();
        if (Exit is null)
            doomed.AddRange(ProcessTable.DescendantsOf(Pid, processes));
        foreach (int pid in doomed.Where(p => !p.IsZombie).Select(p => p.Pid).Distinct())
            Posix.Signal(pid, Posix.SigKill);
    }

    private bool IsFamily(ProcessEntry process) => Family.Exists(f => f.Pid == process.Pid && f.StartTicks == process.StartTicks);

    /// <summary>Left its session and lost its parent, so it came to the supervisor.</summary>
    private bool IsOrphanOfOurs(ProcessEntry process)
        => (_mayLeave || process.ParentPid == Environment.ProcessId) && process.Pid != Pid && ProcessTable.HasVariable(process.Pid, PidFiles.IdVariable, Id);

    public void Dispose() => Grace?.Dispose();

    private static Dictionary<string, string> EnvironmentOf(SupervisorCommand.Start start)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in start.Env)
            environment[name] = value;
        environment[PidFiles.IdVariable] = start.Id;
        return environment;
    }
}
