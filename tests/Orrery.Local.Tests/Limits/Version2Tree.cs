using System.Globalization;
using Orrery.Local.Limits;

namespace Orrery.Local.Tests.Limits;

/// <summary>Control groups of version 2 with the kernel's rules, as far as limits depend on them, for machines that have none.</summary>
internal sealed class Version2Tree : IGroupTree
{
    private static readonly Dictionary<string, string[]> FilesOf = new(StringComparer.Ordinal)
    {
        ["memory"] = ["memory.max", "memory.swap.max", "memory.oom.group", "memory.events"],
        ["cpu"] = ["cpu.max"],
        ["pids"] = ["pids.max"],
    };

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <param name="top">A group that exists, below one that gives it controllers.</param>
    public Version2Tree(string top, string[] controllers, params int[] inside) => _groups[top] = new Group([.. controllers], [.. inside]);

    /// <summary>They end as soon as somebody has seen them.</summary>
    public HashSet<int> Dying { get; } = [];

    public IEnumerable<string> Groups => _groups.Keys;

    public List<int> Inside(string group) => _groups[group].Inside;

    public void OomKill(string group) => _groups[group].Texts["memory.events"] = "low 0\noom 1\noom_kill 1\n";

    public bool Has(string file) => Read(file) is not null;

    public string? Read(string file)
    {
        if (Find(file) is not var (group, name))
            return null;
        switch (name)
        {
            case "cgroup.procs":
                string text = string.Concat(group.Inside.Select(p => $"{p}\n"));
                group.Inside.RemoveAll(Dying.Contains);
                return text;
            case "cgroup.subtree_control":
                return string.Join(' ', group.Gives);
            default:
                return group.Has.Any(c => FilesOf[c].Contains(name)) ? group.Texts.GetValueOrDefault(name, "max\n") : null;
        }
    }

    public void Put(string file, string text)
    {
        if (!Has(file) || Find(file) is not var (group, name))
            throw new FileNotFoundException(file);
        switch (name)
        {
            case "cgroup.procs":
                Move(int.Parse(text, CultureInfo.InvariantCulture), group);
                break;
            case "cgroup.subtree_control":
                var controllers = text.Split(' ').Select(c => c[1..]).ToList();
                if (group.Inside.Count > 0)
                    throw new IOException("Device or resource busy");
                if (controllers.Except(group.Has).Any())
                    throw new IOException("No such file or directory");
                group.Gives.UnionWith(controllers);
                foreach (var (path, below) in _groups.Where(g => Path.GetDirectoryName(g.Key) == Path.GetDirectoryName(file)))
                    below.Has.UnionWith(group.Gives);
                break;
            default:
                group.Texts[name] = text;
                break;
        }
    }

    public void Make(string group)
    {
        if (!_groups.ContainsKey(group))
            _groups[group] = new Group([.. _groups.TryGetValue(Path.GetDirectoryName(group)!, out var above) ? above.Gives : throw new DirectoryNotFoundException(group)], []);
    }

    public bool Remove(string group)
        => !_groups.TryGetValue(group, out var found) || (found.Inside.Count == 0 && !_groups.Keys.Any(g => Path.GetDirectoryName(g) == group) && _groups.Remove(group));

    private void Move(int pid, Group to)
    {
        if (to.Gives.Count > 0)
            throw new IOException("Device or resource busy");
        if (_groups.Values.FirstOrDefault(g => g.Inside.Remove(pid)) is null)
            throw new IOException("No such process");
        to.Inside.Add(pid);
    }

    private (Group Group, string Name)? Find(string file)
        => _groups.TryGetValue(Path.GetDirectoryName(file)!, out var group) ? (group, Path.GetFileName(file)) : null;

    private sealed record Group(HashSet<string> Has, List<int> Inside)
    {
        public HashSet<string> Gives { get; } = [];

        public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);
    }
}
