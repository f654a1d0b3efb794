using Orrery.Bench.Serving;

namespace Orrery.Bench;

/// <summary>The real program: how soon it answers, and what the gateway costs beside asking the engine directly, in the same run.</summary>
internal static class UpBench
{
    private const int Starts = 5;
    private const int WarmUp = 200;

    public static async Task<IReadOnlyList<Figure>> RunAsync(string root, int requests)
    {
        var figures = new List<Figure>();
        string home = Directory.CreateTempSubdirectory("orr-bench-").FullName;
        try
        {
            figures.Add(new Figure("up", "process start to first token, median", await FirstTokenAsync(root, home), "ms", "< 1000"));
            figures.AddRange(await GatewayAsync(root, home, requests));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
        return figures;
    }

    private static async Task<double> FirstTokenAsync(string root, string home)
    {
        var times = new List<double>();
        for (int i = 0; i < Starts; i++)
        {
            await using var up = await Running.UpAsync(root, home);
            await up.OneTokenAsync();
            times.Add(up.Since.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        return times[Starts / 2];
    }

    private static async Task<IReadOnlyList<Figure>> GatewayAsync(string root, string home, int requests)
    {
        await using var up = await Running.UpAsync(root, home);
        await using var engine = await Running.EngineAsync(root, up.Model);
        var figures = new List<Figure>();
        foreach (int clients in (int[])[1, 16])
        {
            // Interleaved, so that what else the machine does hits both alike.
            var direct = await LoadAsync(new ServeTarget("the engine alone", engine.Address, up.Model), clients, requests);
            var through = await LoadAsync(new ServeTarget("the gateway", up.Address, up.Model, up.Key), clients, requests);
            string group = $"gateway, {clients} client{(clients == 1 ? "" : "s")}";
            figures.Add(new Figure(group, "engine alone", direct.RequestsPerSecond, "requests/s"));
            figures.Add(new Figure(group, "through the gateway", through.RequestsPerSecond, "requests/s"));
            figures.Add(new Figure(group, "ratio", through.RequestsPerSecond / direct.RequestsPerSecond, "x"));
            figures.Add(new Figure(group, "p50", through.P50Ms, "ms"));
            figures.Add(new Figure(group, "p99", through.P99Ms, "ms"));
            figures.Add(new Figure(group, "added p50", through.P50Ms - direct.P50Ms, "ms"));
        }
        return figures;
    }

    /// <summary>One token for each request: what is measured is the way there and back.</summary>
    private static async Task<ServeResult> LoadAsync(ServeTarget target, int clients, int requests)
    {
        await ServeLoad.RunAsync(target, clients: 1, WarmUp, maxTokens: 1, stream: false, _ => "Once upon a time");
        return await ServeLoad.RunAsync(target, clients, Math.Max(1, requests / clients), maxTokens: 1, stream: false, _ => "Once upon a time");
    }
}
