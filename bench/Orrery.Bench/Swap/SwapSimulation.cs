using Orrery.Control.Tests.Residency;

namespace Orrery.Bench.Swap;

/// <summary>The plan of memory alone, over a trace that would take hours: what the tests' simulated machine does with it.</summary>
internal static class SwapSimulation
{
    private const int Models = 20, Room = 5, Requests = 5000;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.05);

    public static IReadOnlyList<Figure> Run() => [.. Run(1), .. Run(4)];

    private static IEnumerable<Figure> Run(double seconds)
    {
        var trace = TracedRequest.Zipf(Models, Requests, TimeSpan.FromSeconds(seconds));
        var machine = new SimulatedMachine(Room, [.. Enumerable.Range(0, Models).Select(_ => new SimulatedService { Bytes = 1 })]);
        var start = machine.Now;
        int next = 0;
        while (next < trace.Count || !machine.IsQuiet)
        {
            for (; next < trace.Count && start + trace[next].At <= machine.Now; next++)
                machine.Request(trace[next].Model);
            machine.Step(Tick);
        }
        return SwapFigures.Of($"swap, simulated, a request every {seconds:0} s", trace, Room, machine.Hits, machine.Loads, [.. machine.Waits.Select(w => w.TotalMilliseconds)]);
    }
}

/// <summary>The same figures of a simulation and of the real thing.</summary>
internal static class SwapFigures
{
    public static IEnumerable<Figure> Of(string group, IReadOnlyList<TracedRequest> trace, int room, int hits, int loads, double[] waitsMs)
    {
        Array.Sort(waitsMs);
        int optimal = Schedules.Optimal(trace, room), plain = Schedules.LeastRecentlyUsed(trace, room);
        yield return new Figure(group, "requests whose model was in memory", 100.0 * hits / trace.Count, "%");
        yield return new Figure(group, "wait, p50", waitsMs[waitsMs.Length / 2], "ms");
        yield return new Figure(group, "wait, p99", waitsMs[waitsMs.Length * 99 / 100], "ms");
        yield return new Figure(group, "loads", loads, "");
        yield return new Figure(group, "loads, optimal schedule", optimal, "");
        yield return new Figure(group, "loads, plain least recently used", plain, "");
        yield return new Figure(group, "loads / optimal", (double)loads / optimal, "x");
        yield return new Figure(group, "loads / plain", (double)loads / plain, "x");
    }
}
