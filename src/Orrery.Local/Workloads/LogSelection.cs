using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Which of the kept lines a request asks for, found by one pass over them.</summary>
internal sealed class LogSelection
{
    private readonly LogRequest _request;
    private readonly Dictionary<string, int> _lastRuns = new(StringComparer.Ordinal);

    private LogSelection(LogRequest request) => _request = request;

    /// <summary>How many of them there are now.</summary>
    public long Count { get; private set; }

    public static LogSelection Of(WorkloadFolders folders, LogRequest request, CancellationToken ct)
    {
        var selection = new LogSelection(request);
        // Who asks for all lines of all runs needs no pass.
        if (request is { TailLines: null, Runs: LogRuns.All })
            return selection;
        foreach (string replica in Replicas(folders, request))
        {
            var counts = new Dictionary<int, long>();
            using var cursor = new LogCursor(replica, folders.LogOf(replica));
            for (; cursor.Peek() is { } line; cursor.Take())
            {
                ct.ThrowIfCancellationRequested();
                if (selection.IsRecent(line))
                    counts[cursor.Run] = counts.GetValueOrDefault(cursor.Run) + 1;
            }
            // A run that has written nothing yet counts too: its marker was read.
            selection._lastRuns[replica] = cursor.Run;
            selection.Count += counts.Where(c => selection.TakesRun(replica, c.Key)).Sum(c => c.Value);
        }
        return selection;
    }

    public static IEnumerable<string> Replicas(WorkloadFolders folders, LogRequest request)
        => folders.LoggedReplicas().Where(r => request.Replica is null || r == WorkloadFolders.Short(request.Replica));

    public bool Takes(string replica, int run, LogLine line) => IsRecent(line) && TakesRun(replica, run);

    private bool IsRecent(LogLine line) => _request.Since is not { } since || line.Time >= since;

    // A replica that began to write later has only runs that are current.
    private bool TakesRun(string replica, int run) => _request.Runs switch
    {
        LogRuns.Current => run >= _lastRuns.GetValueOrDefault(replica),
        LogRuns.Previous => _lastRuns.TryGetValue(replica, out int last) && run == last - 1,
        _ => true,
    };
}
