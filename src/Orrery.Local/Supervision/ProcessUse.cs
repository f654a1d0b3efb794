using System.Globalization;

namespace Orrery.Local.Supervision;

/// <summary>What one process uses at one moment.</summary>
/// <param name="ProcessorTicks">Its own and that of its children that ended and were reaped, in hundredths of a second.</param>
internal readonly record struct ProcessUse(int Pid, int ParentPid, int Session, long MemoryBytes, long ProcessorTicks)
{
    // USER_HZ: the same on every architecture that .NET runs on.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>All processes of this machine: one short read for each.</summary>
    public static List<ProcessUse> ReadAll()
    {
        var all = new List<ProcessUse>();
        Span<byte> buffer = stackalloc byte[1024];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Read(pid, folder, buffer) is { } use)
                all.Add(use);
        }
        return all;
    }

    /// <summary>Sums over trees: what is in the session of a root, below it, or below what is in its session. Pure.</summary>
    /// <param name="roots">Process ids that lead sessions of their own.</param>
    public static Dictionary<int, (long MemoryBytes, TimeSpan ProcessorTime)> Sum(IReadOnlyCollection<ProcessUse> processes, IReadOnlySet<int> roots)
    {
        var byPid = processes.ToDictionary(p => p.Pid);
        var sums = new Dictionary<int, (long MemoryBytes, TimeSpan ProcessorTime)>();
        foreach (var process in processes)
        {
            if (RootOf(process, byPid, roots) is not { } root)
                continue;
            var (memory, time) = sums.GetValueOrDefault(root);
            sums[root] = (memory + process.MemoryBytes, time + process.ProcessorTicks * Tick);
        }
        return sums;
    }

    private static int? RootOf(ProcessUse process, Dictionary<int, ProcessUse> byPid, IReadOnlySet<int> roots)
    {
        // The table is not of one moment, so a chain of parents could close; none is longer than the table.
        for (int steps = 0; steps <= byPid.Count; steps++)
        {
            if (roots.Contains(process.Pid))
                return process.Pid;
            if (roots.Contains(process.Session))
                return process.Session;
            if (!byPid.TryGetValue(process.ParentPid, out process))
                return null;
        }
        return null;
    }

    private static ProcessUse? Read(int pid, string folder, Span<byte> buffer)
    {
        try
        {
            using var stat = File.OpenHandle(Path.Combine(folder, "stat"));
            return Parse(pid, buffer[..RandomAccess.Read(stat, buffer, 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="stat">proc(5): fields are counted from the bracket that ends the name.</param>
    internal static ProcessUse? Parse(int pid, ReadOnlySpan<byte> stat)
    {
        int end = stat.LastIndexOf((byte)')');
        if (end < 0)
            return null;
        Span<long> fields = stackalloc long[22];
        int count = 0;
        foreach (var range in stat[(end + 1)..].Split((byte)' '))
        {
            var field = stat[(end + 1)..][range];
            if (field.IsEmpty)
                continue;
            if (count == fields.Length)
                break;
            // The state, a letter, stays 0.
            fields[count++] = long.TryParse(field, CultureInfo.InvariantCulture, out long number) ? number : 0;
        }
        return count < fields.Length
            ? null
            : new ProcessUse(pid, (int)fields[1], (int)fields[3], fields[21] * Environment.SystemPageSize, fields[11] + fields[12] + fields[13] + fields[14]);
    }
}
