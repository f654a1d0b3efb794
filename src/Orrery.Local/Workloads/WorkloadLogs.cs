using System.Runtime.CompilerServices;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>The lines of all replicas of a workload, or of one, merged by time. Memory is one line per replica, however long the logs are.</summary>
internal static class WorkloadLogs
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <param name="isOver">Whether nothing more will be written: following ends then.</param>
    public static async IAsyncEnumerable<LogLine> ReadAsync(
        WorkloadFolders folders, LogRequest request, Func<bool> isOver, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        // The first pass only counts, so that a tail of any length holds no lines.
        var selection = LogSelection.Of(folders, request, ct);
        long skip = request.TailLines is { } tail ? Math.Max(0, selection.Count - tail) : 0;
        var cursors = new Dictionary<string, LogCursor>(StringComparer.Ordinal);
        try
        {
            bool goesOn;
            do
            {
                // Asked before the last look, so that nothing written before the end is missed.
                goesOn = request.Follow && !isOver();
                OpenNew(folders, request, cursors);
                while (Next(cursors, selection) is { } line)
                {
                    ct.ThrowIfCancellationRequested();
                    if (skip-- <= 0)
                        yield return line;
                }
                if (goesOn)
                    await Task.Delay(LookAgain, time, ct);
            }
            while (goesOn);
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

    private static void OpenNew(WorkloadFolders folders, LogRequest request, Dictionary<string, LogCursor> cursors)
    {
        foreach (string replica in LogSelection.Replicas(folders, request).Where(r => !cursors.ContainsKey(r)))
            cursors.Add(replica, new LogCursor(replica, folders.LogOf(replica)));
    }

    private static LogLine? Next(Dictionary<string, LogCursor> cursors, LogSelection selection)
    {
        LogCursor? first = null;
        foreach (var (replica, cursor) in cursors)
        {
            while (cursor.Peek() is { } line && !selection.Takes(replica, cursor.Run, line))
                cursor.Take();
            if (cursor.Peek() is { } next && !(first?.Peek()!.Time <= next.Time))
                first = cursor;
        }
        var taken = first?.Peek();
        first?.Take();
        return taken;
    }
}
