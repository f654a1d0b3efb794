using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Orrery.Bench;

/// <summary>The resource API: writes, lists and watches of Secrets, which every server of the Kubernetes shape has.</summary>
internal static class ApiBench
{
    private const int ObjectBytes = 10_000;
    private const int Writers = 16;
    private const int Lists = 15;
    private const int Watchers = 100;
    private const int Changes = 50;
    private const string Secrets = "/api/v1/namespaces/default/secrets";

    /// <param name="objects">That are written and then listed.</param>
    public static async Task<IReadOnlyList<Figure>> RunAsync(ApiTarget target, int objects)
    {
        using var http = target.Client();
        string group = $"api, {target.Name}";
        var one = await WriteAsync(http, "one", clients: 1, Math.Max(1, objects / 5), size: 100);
        var many = await WriteAsync(http, "many", Writers, objects, ObjectBytes);
        var figures = new List<Figure>
        {
            new(group, "creates, 1 client", one.PerSecond, "writes/s"),
            new(group, "creates, 1 client, p50", one.P50Ms, "ms"),
            new(group, $"creates of 10 kB, {Writers} clients", many.PerSecond, "writes/s"),
            new(group, $"list of {objects} objects of 10 kB, median", await ListAsync(http, objects), "ms", "< 50"),
        };
        figures.AddRange(await WatchAsync(target, http, group));
        return figures;
    }

    private sealed record Writes(double PerSecond, double P50Ms);

    private static async Task<Writes> WriteAsync(HttpClient http, string name, int clients, int count, int size)
    {
        await CreateAsync(http, $"{name}-warm", size);
        double[] latencies = new double[count];
        int next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                long start = Stopwatch.GetTimestamp();
                await CreateAsync(http, $"{name}-{i}", size);
                latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }));
        double seconds = clock.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return new Writes(count / seconds, latencies[count / 2]);
    }

    private static async Task CreateAsync(HttpClient http, string name, int size)
    {
        string data = Convert.ToBase64String(new byte[size * 3 / 4]);
        await SendAsync(http, HttpMethod.Post, Secrets, $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{{name}}}","labels":{"of":"bench"}},"data":{"d":"{{{data}}}"}}""");
    }

    private static async Task<double> ListAsync(HttpClient http, int objects)
    {
        var times = new List<double>();
        for (int i = 0; i < Lists; i++)
        {
            long start = Stopwatch.GetTimestamp();
            byte[] list = await http.GetByteArrayAsync(Secrets);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (list.Length < objects * ObjectBytes)
                throw new InvalidOperationException($"The list has {list.Length} bytes: it cannot be whole.");
        }
        times.Sort();
        return times[Lists / 2];
    }

    /// <summary>From the moment a write is sent to the moment the last of the watchers has seen it.</summary>
    private static async Task<IReadOnlyList<Figure>> WatchAsync(ApiTarget target, HttpClient http, string group)
    {
        long before = target.Memory();
        using var end = new CancellationTokenSource();
        var seen = Channel.CreateUnbounded<string>();
        string version = JsonNode.Parse(await http.GetStringAsync($"{Secrets}?labelSelector=of%3Dnothing"))!["metadata"]!["resourceVersion"]!.ToString();
        var started = new CountdownEvent(Watchers);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => FollowAsync(http, version, started, seen.Writer, end.Token)).ToList();
        await Task.Run(() => started.Wait(TimeSpan.FromSeconds(60)));

        var times = new List<double>();
        for (int i = 0; i < Changes; i++)
        {
            string name = $"seen-{i}";
            long start = Stopwatch.GetTimestamp();
            await CreateAsync(http, name, 100);
            for (int left = Watchers; left > 0;)
                left -= await seen.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)) == name ? 1 : 0;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        long after = target.Memory();
        await end.CancelAsync();
        await Task.WhenAll(watchers);
        times.Sort();
        return
        [
            new Figure(group, $"write seen by {Watchers} watchers, p50", times[Changes / 2], "ms"),
            new Figure(group, $"write seen by {Watchers} watchers, p99", times[Changes * 99 / 100], "ms"),
            new Figure(group, $"memory of {Watchers} watchers", (after - before) / 1e6, "MB", "< 50"),
        ];
    }

    private static async Task FollowAsync(HttpClient http, string version, CountdownEvent started, ChannelWriter<string> seen, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Secrets}?watch=true&resourceVersion={version}") { Version = http.DefaultRequestVersion };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
            started.Signal();
            while (await reader.ReadLineAsync(ct) is { } line)
                seen.TryWrite(JsonNode.Parse(line)!["object"]!["metadata"]!["name"]!.ToString());
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    private static async Task SendAsync(HttpClient http, HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, path) { Version = http.DefaultRequestVersion, Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }
}
