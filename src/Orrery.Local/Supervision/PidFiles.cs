using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Local.Supervision;

/// <summary>
/// Notes in the run folder of what was started, one file per child: <c>PID START-TIME BOOT ID</c>, so that a supervisor that follows a
/// killed one finds what that left running. A pid alone would name strangers after a while. Written once before the start, when pid and
/// time are 0 and only the id finds the child, and again after it: whenever the supervisor is killed, there is a note.
/// </summary>
internal sealed class PidFiles(string folder)
{
    /// <summary>Holds the id, which no other run ever has; set in each child and inherited by what it starts.</summary>
    public const string IdVariable = "ORRERY_CHILD";

    private const string Extension = ".pid";
    private const string Staged = ".pid.new";
    private const int MaxLooks = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly string _boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Before the start.</summary>
    /// <returns>Null: written. Otherwise why not.</returns>
    public string? TryAnnounce(string id)
    {
        try
        {
            Write(id, $"0 0 {_boot} {id}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>After the start. When this cannot be written, the announcement still finds the child.</summary>
    public void Complete(string id, int pid)
    {
        try
        {
            if (ProcessTable.Find(pid) is { } entry)
                Write(id, $"{pid} {entry.StartTicks} {_boot} {id}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>A note that cannot be removed is one about a process that is no more, which is harmless.</summary>
    public void Remove(string id)
    {
        try
        {
            File.Delete(PathOf(id));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Kills what an earlier supervisor left, with all that this started, and forgets it.</summary>
    public async Task KillLeftoversAsync(TimeProvider time)
    {
        foreach (string file in Directory.GetFiles(folder, $"*{Extension}"))
        {
            if (File.ReadAllText(file).Split(' ') is [var number, var ticks, var boot, var id] && boot == _boot
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                // One look misses what is being forked, so it is repeated.
                for (int look = 0; look < MaxLooks && KillLeftover(pid, ticks, id); look++)
                    await Task.Delay(LookAgain, time);
            }
            File.Delete(file);
        }
        // Killed in the middle of a note: it announced a child that was never started, or repeats what an announcement says.
        foreach (string half in Directory.GetFiles(folder, $"*{Staged}"))
            File.Delete(half);
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

    private void Write(string id, string note)
    {
        // In one step: half a note finds nobody.
        string path = PathOf(id), staged = path[..^Extension.Length] + Staged;
        File.WriteAllText(staged, note);
        File.Move(staged, path, overwrite: true);
    }

    /// <summary>Ids hold slashes and may be long.</summary>
    private string PathOf(string id) => Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 8))}{Extension}");
}
