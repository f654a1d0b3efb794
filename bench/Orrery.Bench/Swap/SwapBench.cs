using System.Diagnostics;

namespace Orrery.Bench.Swap;

/// <summary>A real home with 20 models and room for five, under the trace of <see cref="TracedRequest"/>; and how long one takes to wake from nothing.</summary>
internal static class SwapBench
{
    private const int Models = 20, Room = 5, Requests = 120, Wakes = 7;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1), Look = TimeSpan.FromSeconds(0.1);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string root)
    {
        string folder = Directory.CreateTempSubdirectory("orr-swap-").FullName;
        try
        {
            List<Figure> figures = [];
            long bytes;
            await using (var home = await SwapHome.StartAsync(root, Path.Combine(folder, "wake"), Wakes, "80%"))
                bytes = await WakeAsync(home, Path.Combine(folder, "wake"), figures);
            // Measured memory decides: room for five and the noise of five, and not for a sixth.
            await using (var home = await SwapHome.StartAsync(root, Path.Combine(folder, "swap"), Models, $"{(long)(bytes * (Room + 0.6))}"))
                figures.AddRange(await SwapAsync(home));
            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> WakeAsync(SwapHome home, string folder, List<Figure> figures)
    {
        List<double> wakes = [await home.OneTokenAsync(0)];
        long bytes = SwapHome.EngineBytes(folder);
        for (int i = 1; i < Wakes; i++)
            wakes.Add(await home.OneTokenAsync(i));
        double again = await home.OneTokenAsync(0);
        wakes.Sort();
        figures.Add(new Figure("wake", "request to first token from no replica, median", wakes[Wakes / 2], "ms", "< 1000"));
        figures.Add(new Figure("wake", "the slowest of seven", wakes[^1], "ms"));
        figures.Add(new Figure("wake", "with a replica", again, "ms"));
        figures.Add(new Figure("wake", "memory of a replica", bytes / 1e6, "MB"));
        return bytes;
    }

    private static async Task<IEnumerable<Figure>> SwapAsync(SwapHome home)
    {
        var trace = TracedRequest.Zipf(Models, Requests, Every);
        var (loads, hits, most) = (0, 0, 0);
        IReadOnlyList<(bool Ready, int Replicas)> seen = await home.ListAsync();
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var now = await home.ListAsync();
                loads += now.Zip(seen).Count(s => s.First.Replicas > 0 && s.Second.Replicas == 0);
                most = Math.Max(most, now.Count(s => s.Replicas > 0));
                Volatile.Write(ref seen, now);
                await Task.Delay(Look);
            }
        });
        var clock = Stopwatch.StartNew();
        List<Task<double>> waits = [];
        foreach (var request in trace)
        {
            if (request.At > clock.Elapsed)
                await Task.Delay(request.At - clock.Elapsed);
            hits += Volatile.Read(ref seen)[request.Model].Replicas > 0 ? 1 : 0;
            waits.Add(home.OneTokenAsync(request.Model));
        }
        double[] times = await Task.WhenAll(waits);
        await Task.Delay(Look * 3);
        await stop.CancelAsync();
        await looking;
        string group = $"swap, {Models} models, room for {Room}, a request every {Every.TotalSeconds:0} s";
        return [.. SwapFigures.Of(group, trace, Room, hits, loads, times), new Figure(group, "most replicas at once", most, "")];
    }
}
