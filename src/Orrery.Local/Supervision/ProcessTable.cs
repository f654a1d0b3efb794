using System.Globalization;

namespace Orrery.Local.Supervision;

/// <param name="StartTicks">Clock ticks from boot to its start: with the pid it names a process for good.</param>
internal sealed record ProcessEntry(int Pid, int ParentPid, int Session, long StartTicks, bool IsZombie);

/// <summary>The processes of this machine at one moment, from /proc.</summary>
internal static class ProcessTable
{
    public static List<ProcessEntry> Read()
    {
        var processes = new List<ProcessEntry>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Find(pid) is { } entry)
                processes.Add(entry);
        }
        return processes;
    }

    /// <summary>Null: no such process.</summary>
    public static ProcessEntry? Find(int pid)
    {
        try
        {
            return Parse(pid, File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Everything below a process, itself excluded, that can still run.</summary>
    public static List<ProcessEntry> DescendantsOf(int pid, List<ProcessEntry> processes)
    {
        var byParent = processes.ToLookup(p => p.ParentPid);
        var found = new List<ProcessEntry>();
        var left = new Queue<int>([pid]);
        while (left.TryDequeue(out int parent))
        {
            foreach (var child in byParent[parent])
            {
                found.Add(child);
                left.Enqueue(child.Pid);
            }
        }
        found.RemoveAll(p => p.IsZombie);
        return found;
    }

    /// <summary>Whether the process was started with this variable.</summary>
    public static bool HasVariable(int pid, string name, string value)
    {
        try
        {
            return $"\0{File.ReadAllText($"/proc/{pid}/environ")}".Contains($"\0{name}={value}\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <param name="stat">proc(5): the name stands in brackets and may hold anything, so fields are counted from the last bracket.</param>
    internal static ProcessEntry? Parse(int pid, string stat)
    {
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 20
            ? null
            : new ProcessEntry(pid, Number(fields[1]), Number(fields[3]), long.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
}
