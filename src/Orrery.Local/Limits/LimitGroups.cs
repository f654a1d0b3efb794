using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Local.Supervision;

namespace Orrery.Local.Limits;

/// <summary>Makes the control groups of a home's replicas and removes them. Used by the supervisor alone.</summary>
internal sealed class LimitGroups
{
    private const int MaxLooks = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly LimitForm _form;
    private readonly string _home;

    /// <param name="runFolder">Tells one home's groups from another's.</param>
    public LimitGroups(LimitForm form, string runFolder)
    {
        _form = form;
        _home = NameOf(runFolder);
    }

    /// <summary>Of a home's group.</summary>
    public static string NameOf(string runFolder) => $"orrery-{ShortHash(Path.GetFullPath(runFolder))}";

    /// <summary>Makes ready what the limits need.</summary>
    /// <exception cref="IOException">The kernel refuses a limit.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public LimitGroup Make(string id, ReplicaLimits? limits)
    {
        var plan = LimitPlan.For(_form, limits, _home, ShortHash(id));
        var group = new LimitGroup(plan, EntersByProcess: _form is LimitForm.Version2);
        if (plan.Folders.IsEmpty)
            return group;
        try
        {
            if (_form is LimitForm.Version2 { Leaf: { } leaf, Base: var above })
                MoveAll(above, leaf);
            foreach (string folder in plan.Folders)
                Directory.CreateDirectory(folder);
            foreach (var write in plan.Writes.Where(w => w.IsNeeded || File.Exists(w.File)))
                Write(write);
            return group;
        }
        catch
        {
            group.Remove();
            throw;
        }
    }

    /// <summary>Kills what is in groups of this home that an earlier supervisor left, and removes them.</summary>
    public async Task RemoveLeftoversAsync(TimeProvider time)
    {
        foreach (string above in Bases().Select(b => Path.Combine(b, _home)).Where(Directory.Exists))
        {
            for (int look = 0; look < MaxLooks && !TryRemove(above); look++)
                await Task.Delay(LookAgain, time);
        }
    }

    private IEnumerable<string> Bases() => _form switch
    {
        LimitForm.Version2 two => [two.Base],
        LimitForm.Version1 one => one.Bases.Values.Distinct(),
        _ => [],
    };

    private static bool TryRemove(string above)
    {
        try
        {
            foreach (string group in Directory.GetDirectories(above))
            {
                foreach (string pid in File.ReadAllLines(Path.Combine(group, "cgroup.procs")))
                    Posix.Signal(int.Parse(pid, CultureInfo.InvariantCulture), Posix.SigKill);
                Posix.RemoveFolder(group);
            }
            return Posix.RemoveFolder(above);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(above);
        }
    }

    private static void MoveAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string pid in File.ReadAllLines(Path.Combine(from, "cgroup.procs")))
            LimitGroup.Put(Path.Combine(to, "cgroup.procs"), pid);
    }

    private static void Write(LimitWrite write)
    {
        try
        {
            LimitGroup.Put(write.File, write.Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (write.IsNeeded)
                throw new IOException($"the limit '{write.Text}' cannot be written to {write.File}: {e.Message}", e);
        }
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
