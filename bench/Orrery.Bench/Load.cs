using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Orrery.Bench;

/// <summary>A closed loop: so many clients, each with one request at a time, for a fixed number of requests.</summary>
internal static class Load
{
    public sealed record Result(double RequestsPerSecond, double P50Ms, double P99Ms);

    public static async Task<Result> RunAsync(Uri api, string? key, string model, int clients, int requests)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = clients }) { BaseAddress = api };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","prompt":"Once upon a time","max_tokens":1,"temperature":0}""");
        for (int i = 0; i < 200; i++)
            await OnceAsync(http, body);

        double[] latencies = new double[requests];
        int next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < requests; i = Interlocked.Increment(ref next))
            {
                long start = Stopwatch.GetTimestamp();
                await OnceAsync(http, body);
                latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }));
        double seconds = clock.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return new Result(requests / seconds, latencies[requests / 2], latencies[requests * 99 / 100]);
    }

    private static async Task OnceAsync(HttpClient http, byte[] body)
    {
        using var response = await http.PostAsync("/v1/completions", new ByteArrayContent(body));
        response.EnsureSuccessStatusCode();
        await response.Content.CopyToAsync(Stream.Null);
    }
}
