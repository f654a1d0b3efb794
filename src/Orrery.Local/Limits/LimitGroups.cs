using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Local.Supervision;

namespace Orrery.Local.Limits;

/// <summary>Makes the control groups of a home's replicas and removes them. Used by the supervisor alone.</summary>
internal sealed class LimitGroups
{
    private const string Members = "cgroup.procs";
    private const int MaxLooks = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly LimitForm _form;
    private readonly IGroupTree _tree;
    private readonly string _home;

    // What was in them is dying: a process, or the thread that started it.
    private readonly List<LimitGroup> _leaving = [];

    /// <param name="runFolder">Tells one home's groups from another's.</param>
    /// <param name="tree">Null: the kernel's.</param>
    public LimitGroups(LimitForm form, string runFolder, IGroupTree? tree = null)
    {
        _form = form;
        _tree = tree ?? new KernelGroups();
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
        var group = new LimitGroup(plan, EntersByProcess: _form is LimitForm.Version2, _tree);
        if (plan.Folders.IsEmpty)
            return group;
        try
        {
            if (_form is LimitForm.Version2 { Leaf: { } leaf, Base: var above })
                MoveAll(above, leaf);
            foreach (string folder in plan.Folders)
                _tree.Make(folder);
            foreach (var write in plan.Writes.Where(w => w.IsNeeded || _tree.Has(w.File)))
                Write(write);
            return group;
        }
        catch
        {
            Discard(group);
            throw;
        }
    }

    /// <summary>Removes a group that nobody needs any more, now or when what is in it has ended.</summary>
    public void Discard(LimitGroup group)
    {
        if (!group.Remove())
            _leaving.Add(group);
    }

    /// <summary>Removes those that were still in use when they were discarded.</summary>
    public void RemoveDiscarded() => _leaving.RemoveAll(g => g.Remove());

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
                foreach (string line in File.ReadAllLines(Path.Combine(group, Members)))
                {
                    // A process that this one cannot see stands there as 0, and a signal to 0 is one to all of us.
                    if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 1)
                        Posix.Signal(pid, Posix.SigKill);
                }
                Posix.RemoveFolder(group);
            }
            return Posix.RemoveFolder(above);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(above);
        }
    }

    private void MoveAll(string from, string to)
    {
        _tree.Make(to);
        string inside = Path.Combine(from, Members);
        foreach (string pid in Lines(_tree.Read(inside)).Where(p => p != "0"))
        {
            try
            {
                _tree.Put(Path.Combine(to, Members), pid);
            }
            catch (IOException) when (!Lines(_tree.Read(inside)).Contains(pid))
            {
                // It ended meanwhile.
            }
        }
    }

    private static string[] Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Write(LimitWrite write)
    {
        try
        {
            _tree.Put(write.File, write.Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (write.IsNeeded)
                throw new IOException($"the limit '{write.Text}' cannot be written to {write.File}: {e.Message}", e);
        }
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
