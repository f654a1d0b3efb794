using System.Globalization;

namespace Orrery.Local.Supervision;

/// <summary>
/// Notes in the run folder of what was started, one file <c>PID.pid</c> per child holding its start time, the boot and its id, so that a
/// supervisor that follows a killed one finds what that left running. A pid alone would name strangers after a while.
/// </summary>
internal sealed class PidFiles(string folder)
{
    /// <summary>Set in each child and inherited by what it starts.</summary>
    public const string IdVariable = "ORRERY_CHILD";

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

    public void Remove(int pid) => File.Delete(PathOf(pid));

    /// <summary>Kills what an earlier supervisor left, with all below it and in its session, and forgets it.</summary>
    public void KillLeftovers()
    {
        foreach (string file in Directory.GetFiles(folder, "*.pid"))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && File.ReadAllText(file).Split(' ') is [var ticks, var boot, var id] && boot == _boot)
            {
                KillLeftover(pid, ticks, id);
            }
            File.Delete(file);
        }
    }

    private static void KillLeftover(int pid, string ticks, string id)
    {
        var processes = ProcessTable.Read();
        var leader = processes.Find(p => p.Pid == pid);
        bool isOurs = leader?.StartTicks.ToString(CultureInfo.InvariantCulture) == ticks;
        var doomed = isOurs ? ProcessTable.DescendantsOf(pid, processes) : [];
        if (isOurs)
            doomed.Add(leader!);

        // The leader may be gone, and its number may be somebody else's session by now: the variable tells.
        doomed.AddRange(processes.Where(p => p.Session == pid && ProcessTable.HasVariable(p.Pid, IdVariable, id)));
        foreach (var process in doomed)
            Posix.Signal(process.Pid, Posix.SigKill);
    }

    private string PathOf(int pid) => Path.Combine(folder, $"{pid}.pid");
}
