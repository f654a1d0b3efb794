using System.Runtime.CompilerServices;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>The lines of all replicas of a workload, merged by time. Memory is one line per replica, however long the logs are.</summary>
internal static class WorkloadLogs
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    public static async IAsyncEnumerable<LogLine> ReadAsync(
        WorkloadFolders folders, LogRequest request, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        // The first pass only counts, so that a tail of any length holds no lines.
        long skip = request.TailLines is { } tail ? Math.Max(0, Count(folders, ct) - tail) : 0;
        var cursors = new Dictionary<string, LogCursor>(StringComparer.Ordinal);
        try
        {
            do
            {
                OpenNew(folders, cursors);
                while (Next(cursors.Values) is { } line)
                {
                    ct.ThrowIfCancellationRequested();
                    if (skip-- <= 0)
                        yield return line;
                }
                if (request.Follow)
                    await Task.Delay(LookAgain, time, ct);
            }
            while (request.Follow);
        }
        finally
        {
            foreach (var cursor in cursors.Values)
                cursor.Dispose();
        }
    }

    /// <summary>The last lines that one replica wrote since a time, for a message: what it said before it ended.</summary>
    public static IReadOnlyList<string> LastWords(WorkloadFolders folders, string replica, DateTimeOffset since, int lines)
    {
        var last = new Queue<string>();
        using var cursor = new LogCursor(replica, folders.LogOf(replica));
        for (; cursor.Peek() is { } line; cursor.Take())
        {
            if (line.Time < since || string.IsNullOrWhiteSpace(line.Text))
                continue;
            last.Enqueue(line.Text.Length <= 200 ? line.Text : line.Text[..200] + "…");
            if (last.Count > lines)
                last.Dequeue();
        }
        return [.. last];
    }

    private static long Count(WorkloadFolders folders, CancellationToken ct)
    {
        var cursors = new Dictionary<string, LogCursor>(StringComparer.Ordinal);
        OpenNew(folders, cursors);
        long count = 0;
        foreach (var cursor in cursors.Values)
        {
            using (cursor)
            {
                for (; cursor.Peek() is not null; cursor.Take(), count++)
                    ct.ThrowIfCancellationRequested();
            }
        }
        return count;
    }

    private static void OpenNew(WorkloadFolders folders, Dictionary<string, LogCursor> cursors)
    {
        foreach (string replica in folders.LoggedReplicas().Where(r => !cursors.ContainsKey(r)))
            cursors.Add(replica, new LogCursor(replica, folders.LogOf(replica)));
    }

    private static LogLine? Next(IEnumerable<LogCursor> cursors)
    {
        var first = cursors.Where(c => c.Peek() is not null).MinBy(c => c.Peek()!.Time);
        var line = first?.Peek();
        first?.Take();
        return line;
    }
}
