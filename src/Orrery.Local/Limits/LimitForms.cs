using Orrery.Local.Machine;
using Orrery.Local.Supervision;

namespace Orrery.Local.Limits;

/// <summary>What detecting the form of limits asks of a machine.</summary>
/// <param name="Mounts">Text of <c>/proc/self/mountinfo</c>.</param>
/// <param name="Groups">Text of <c>/proc/self/cgroup</c>.</param>
/// <param name="Read">Text of a file; null: it cannot be read.</param>
/// <param name="IsWritable">Whether folders can be made in a folder.</param>
/// <param name="IsOurs">Whether a process is <c>up</c> or one that it started.</param>
internal sealed record LimitFacts(string Mounts, string Groups, Func<string, string?> Read, Func<string, bool> IsWritable, Func<int, bool> IsOurs);

/// <summary>Which form of limits a machine allows: version 2 where it holds memory or processors, else version 1, else limits of single processes.</summary>
internal static class LimitForms
{
    /// <summary>Where the processes of a group go that is to have groups with limits below it.</summary>
    public const string LeafName = "orrery-up";

    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    /// <param name="up">Process id of <c>up</c>.</param>
    /// <param name="groups">Instead of <c>/proc/self/cgroup</c>. Null: that.</param>
    public static LimitForm OfThisMachine(int up, string? groups = null)
    {
        var files = new MachineFiles();
        var processes = new Lazy<HashSet<int>>(() => [up, .. ProcessTable.DescendantsOf(up, ProcessTable.Read()).Select(p => p.Pid)]);
        return Choose(new LimitFacts(
            files.Read("proc/self/mountinfo") ?? "", groups ?? files.Read("proc/self/cgroup") ?? "", files.Read, Posix.IsWritable, pid => processes.Value.Contains(pid)));
    }

    /// <summary>Pure but for what the facts are asked.</summary>
    public static LimitForm Choose(LimitFacts facts)
    {
        var mounts = Mounts(facts.Mounts);
        return (LimitForm?)Version2(facts, mounts) ?? (LimitForm?)Version1(facts, mounts) ?? new LimitForm.PerProcess();
    }

    private static LimitForm.Version2? Version2(LimitFacts facts, List<Mount> mounts)
    {
        if (mounts.Find(m => m.Type == "cgroup2") is not { } mount || OwnFolder(mount, OwnPath(facts.Groups, "")) is not { } own)
            return null;
        string parent = Path.GetDirectoryName(own)!;
        foreach (string folder in own == mount.Point ? [own] : new[] { own, parent })
        {
            var given = Words(facts.Read(Path.Combine(folder, "cgroup.subtree_control")));
            if (IsOfUse(given) && facts.IsWritable(folder))
                return new LimitForm.Version2(folder, given);
        }
        var available = Words(facts.Read(Path.Combine(own, "cgroup.controllers")));
        var inside = (facts.Read(Path.Combine(own, "cgroup.procs")) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return IsOfUse(available) && facts.IsWritable(own) && inside.All(p => int.TryParse(p, out int pid) && facts.IsOurs(pid))
            ? new LimitForm.Version2(own, available, Path.Combine(own, LeafName))
            : null;
    }

    private static LimitForm.Version1? Version1(LimitFacts facts, List<Mount> mounts)
    {
        var bases = new Dictionary<string, string>();
        foreach (string controller in Wanted)
        {
            if (mounts.Find(m => m.Type == "cgroup" && m.Options.Contains(controller)) is { } mount
                && OwnFolder(mount, OwnPath(facts.Groups, controller)) is { } own && facts.IsWritable(own))
                bases[controller] = own;
        }
        return IsOfUse([.. bases.Keys]) ? new LimitForm.Version1(bases) : null;
    }

    // A bound on numbers of processes alone holds nothing that a workload asks for.
    private static bool IsOfUse(IReadOnlyList<string> controllers) => controllers.Contains("memory") || controllers.Contains("cpu");

    private static IReadOnlyList<string> Words(string? text) => [.. (text ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(w => Wanted.Contains(w))];

    /// <param name="controller">Empty: of version 2.</param>
    private static string? OwnPath(string groups, string controller)
        => groups.Split('\n').Select(l => l.Split(':', 3)).FirstOrDefault(l => l.Length == 3 && (controller.Length == 0 ? l[0] == "0" : l[1].Split(',').Contains(controller)))?[2];

    /// <summary>A container sees its own group as the root of the mount, and may be told its path from the machine's root all the same.</summary>
    private static string? OwnFolder(Mount mount, string? path)
    {
        // A path with .. lies outside of what this process may see.
        if (path is null || path.Contains("/..", StringComparison.Ordinal))
            return null;
        string below = mount.Root != "/" && (path == mount.Root || path.StartsWith(mount.Root + "/", StringComparison.Ordinal)) ? path[mount.Root.Length..] : path;
        return Path.TrimEndingDirectorySeparator(Path.Combine(mount.Point, below.TrimStart('/')));
    }

    private sealed record Mount(string Root, string Point, string Type, string[] Options);

    // proc(5): ID PARENT DEVICE ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS
    private static List<Mount> Mounts(string mountinfo)
        => [.. mountinfo.Split('\n').Select(l => l.Split(" - ", 2)).Where(l => l.Length == 2)
            .Select(l => (Head: l[0].Split(' '), Tail: l[1].Split(' '))).Where(l => l.Head.Length > 4 && l.Tail.Length > 2 && l.Tail[0] is "cgroup" or "cgroup2")
            .Select(l => new Mount(l.Head[3], l.Head[4], l.Tail[0], l.Tail[2].Split(',')))];
}
