using System.Globalization;

namespace Orrery.Local.Supervision;

/// <summary>
/// Notes in the run folder of what was started, one file <c>PID.pid</c> per child holding its start time, the boot and its id, so that a
/// supervisor that follows a killed one finds what that left running. A pid alone would name strangers after a while.
/// </summary>
internal sealed class PidFiles(string folder)
{
    /// <summary>Holds the id, which no other run ever has; set in each child and inherited by what it starts.</summary>
    public const string IdVariable = "ORRERY_CHILD";

    private const int MaxLooks = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly string _boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <returns>Null: written. Otherwise why not.</returns>
    public string? TryAdd(int pid, string id)
    {
        try
        {
            if (ProcessTable.Find(pid) is { } entry)
                File.WriteAllText(PathOf(pid), $"{entry.StartTicks} {_boot} {id}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>A note that cannot be removed is one about a process that is no more, which is harmless.</summary>
    public void Remove(int pid)
    {
        try
        {
            File.Delete(PathOf(pid));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Kills what an earlier supervisor left, with all that this started, and forgets it.</summary>
    public async Task KillLeftoversAsync(TimeProvider time)
    {
        foreach (string file in Directory.GetFiles(folder, "*.pid"))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && File.ReadAllText(file).Split(' ') is [var ticks, var boot, var id] && boot == _boot)
            {
                // One look misses what is being forked, so it is repeated.
                for (int look = 0; look < MaxLooks && KillLeftover(pid, ticks, id); look++)
                    await Task.Delay(LookAgain, time);
            }
            File.Delete(file);
        }
    }

    /// <returns>True: something was there.</returns>
    private static bool KillLeftover(int pid, string ticks, string id)
    {
        var processes = ProcessTable.Read();
        var doomed = new HashSet<int>();
        if (processes.Exists(p => p.Pid == pid && !p.IsZombie && p.StartTicks.ToString(CultureInfo.InvariantCulture) == ticks))
            doomed.UnionWith([pid, .. ProcessTable.DescendantsOf(pid, processes).Select(p => p.Pid)]);

        // Orphans have lost their family and may have left their session, but not what they were started with.
        doomed.UnionWith(processes.Where(p => !p.IsZombie && ProcessTable.HasVariable(p.Pid, IdVariable, id)).Select(p => p.Pid));
        foreach (int process in doomed)
            Posix.Signal(process, Posix.SigKill);
        return doomed.Count > 0;
    }

    private string PathOf(int pid) => Path.Combine(folder, $"{pid}.pid");
}
