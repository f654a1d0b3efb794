namespace Orrery.Bench.Swap;

/// <summary>How often models are loaded for a trace, where loading takes no time and one goes for one: what can be had at best, and what the plain rule gives.</summary>
internal static class Schedules
{
    /// <summary>The best that can be had by who knows what comes: the one goes that is asked for last again (Belady 1966).</summary>
    public static int Optimal(IReadOnlyList<TracedRequest> trace, int room)
        => Loads(trace, room, (here, at) => here.MaxBy(model => Next(trace, at, model)));

    /// <summary>The one goes that was asked for the longest time ago, at once.</summary>
    public static int LeastRecentlyUsed(IReadOnlyList<TracedRequest> trace, int room)
        => Loads(trace, room, (here, at) => here.MinBy(model => Last(trace, at, model)));

    private static int Loads(IReadOnlyList<TracedRequest> trace, int room, Func<HashSet<int>, int, int> goes)
    {
        HashSet<int> here = [];
        int loads = 0;
        for (int i = 0; i < trace.Count; i++)
        {
            if (here.Contains(trace[i].Model))
                continue;
            loads++;
            if (here.Count == room)
                here.Remove(goes(here, i));
            here.Add(trace[i].Model);
        }
        return loads;
    }

    private static int Next(IReadOnlyList<TracedRequest> trace, int after, int model)
    {
        for (int i = after + 1; i < trace.Count; i++)
        {
            if (trace[i].Model == model)
                return i;
        }
        return int.MaxValue;
    }

    private static int Last(IReadOnlyList<TracedRequest> trace, int before, int model)
    {
        for (int i = before - 1; i >= 0; i--)
        {
            if (trace[i].Model == model)
                return i;
        }
        return -1;
    }
}
