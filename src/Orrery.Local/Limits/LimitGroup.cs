using System.Globalization;
using Orrery.Local.Machine;
using Orrery.Local.Supervision;

namespace Orrery.Local.Limits;

/// <summary>The control groups of one run, or none.</summary>
/// <param name="EntersByProcess">A whole process is in a group (version 2), not a thread of it (version 1).</param>
internal sealed record LimitGroup(LimitPlan Plan, bool EntersByProcess, IGroupTree Tree)
{
    /// <summary>
    /// Starts a program inside: it runs nothing of its own before. A child begins in the groups of the thread that starts it, so that
    /// goes in first: in version 1 a thread made for it, which then ends; in version 2, where groups hold whole processes, this process
    /// for the moment of the start, unless the C library can start a child in a group.
    /// </summary>
    /// <param name="start">Its argument: the folder of the group to start in, where that is for the C library to do.</param>
    public SpawnOutcome Start(Func<string?, SpawnOutcome> start)
    {
        if (Plan.Entries.IsEmpty)
            return Limited(start(null));
        if (EntersByProcess)
            return Spawn.CanEnterGroups ? start(Path.GetDirectoryName(Plan.Entries[0])) : StartByMoving(start);

        SpawnOutcome? outcome = null;
        var thread = new Thread(() => outcome = StartByEntering(start)) { IsBackground = true, Name = "start" };
        thread.Start();
        thread.Join();
        return outcome!;
    }

    /// <summary>How many processes were killed for want of memory.</summary>
    public long OomKills() => Plan.Folders.Sum(f => Count(f, "memory.events") + Count(f, "memory.oom_control"));

    /// <summary>Removes the groups, and the home's when they were the last. False: something is still in them.</summary>
    public bool Remove()
    {
        bool all = true;
        foreach (string folder in Plan.Folders.Reverse())
        {
            bool isOwn = Plan.Entries.Any(e => Path.GetDirectoryName(e) == folder);
            // The home's group stays while other replicas are in it.
            all &= Tree.Remove(folder) || !isOwn;
        }
        return all;
    }

    private SpawnOutcome Limited(SpawnOutcome outcome)
    {
        // The kernel counts what the child has already, which is less than its loader takes.
        if (outcome is SpawnOutcome.Running { Pid: var pid } && Plan.DataBytes is { } bytes)
            Posix.LimitData(pid, bytes);
        return outcome;
    }

    private SpawnOutcome StartByEntering(Func<string?, SpawnOutcome> start)
    {
        try
        {
            foreach (string entry in Plan.Entries)
                Tree.Put(entry, "0");
            return start(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SpawnOutcome.Failed($"it cannot be put in its control group: {e.Message}");
        }
    }

    private SpawnOutcome StartByMoving(Func<string?, SpawnOutcome> start)
    {
        // Beside the replica's group: the home's, which has processes in no other moment and may not have any.
        string back = Back(Plan.Folders[0]);
        try
        {
            Tree.Put(Plan.Entries[0], "0");
            try
            {
                return start(null);
            }
            finally
            {
                Tree.Put(back, "0");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SpawnOutcome.Failed($"it cannot be put in its control group: {e.Message}");
        }
    }

    /// <summary>Where this process is now: the path that <c>/proc/self/cgroup</c> names, found from the base upwards.</summary>
    private string Back(string homeGroup)
    {
        string own = (Tree.Read("/proc/self/cgroup") ?? "").Split('\n').FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal))?[3..].Trim('/') ?? "";
        string name = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        for (string? at = Path.GetDirectoryName(homeGroup); at is not null; at = Path.GetDirectoryName(at))
        {
            string file = Path.Combine(at, own, "cgroup.procs");
            if (Tree.Read(file)?.Split('\n').Contains(name) == true)
                return file;
        }
        throw new IOException("the group of the supervisor itself is not found");
    }

    private long Count(string folder, string file)
        => long.TryParse(Lines.Value(Tree.Read(Path.Combine(folder, file)) ?? "", "oom_kill", ' '), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0;
}
