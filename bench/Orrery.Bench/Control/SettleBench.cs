using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Orrery.Bench.Control;

/// <summary>Many services at once, all of servers elsewhere: how soon each is ready, what that takes, and whether it is quiet then.</summary>
internal static class SettleBench
{
    private const int Services = 1000;
    private const int Writers = 8;
    private const string Collection = "/apis/orrery.dev/v1alpha1/namespaces/default/inferenceservices";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string root)
    {
        const string Group = "1,000 services elsewhere";
        string home = Directory.CreateTempSubdirectory("orr-bench-").FullName;
        try
        {
            using var elsewhere = new ElsewhereServer();
            await using var up = await Running.UpAsync(root, home);
            var target = new ApiTarget("orrery", up.Api!, up.Key!, up.ProcessId);
            using var http = target.Client();
            long before = target.Memory();
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Services), new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (i, ct) => await CreateAsync(http, i, elsewhere.Address, ct));
            double created = watch.Elapsed.TotalSeconds;
            int ready = 0;
            while (ready < Services && watch.Elapsed < Patience)
            {
                await Task.Delay(200);
                ready = await ReadyAsync(http);
            }
            double settled = watch.Elapsed.TotalSeconds;
            long memory = target.Memory();
            long version = await VersionAsync(http);
            long peak = memory;
            for (var rest = Stopwatch.StartNew(); rest.Elapsed < Rest;)
            {
                await Task.Delay(1000);
                peak = Math.Max(peak, target.Memory());
            }
            return
            [
                new Figure(Group, "created within", created, "s"),
                new Figure(Group, "ready", ready, "services", $"{Services}"),
                new Figure(Group, "all ready within", settled, "s", "< 30"),
                new Figure(Group, "memory of up before", before / 1e6, "MB"),
                new Figure(Group, "memory of up, most", peak / 1e6, "MB", "< 300"),
                new Figure(Group, "writes in the minute after", await VersionAsync(http) - version, "writes", "0"),
                new Figure(Group, "questions to the servers", elsewhere.Asked, "questions"),
            ];
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task CreateAsync(HttpClient http, int number, Uri address, CancellationToken ct)
    {
        string body = $$"""
            {"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{"name":"elsewhere-{{number}}"},"spec":{"external":{"url":"{{address}}"} } }
            """;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(Collection, content, ct);
        if (response.StatusCode != HttpStatusCode.Created)
            throw new InvalidOperationException($"Service {number}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
    }

    private static async Task<int> ReadyAsync(HttpClient http)
    {
        using var list = JsonDocument.Parse(await http.GetByteArrayAsync(Collection));
        return list.RootElement.GetProperty("items").EnumerateArray().Count(s =>
            s.GetProperty("metadata").GetProperty("name").GetString()!.StartsWith("elsewhere-", StringComparison.Ordinal)
            && s.TryGetProperty("status", out var status) && status.TryGetProperty("conditions", out var conditions)
            && conditions.EnumerateArray().Any(c => c.GetProperty("type").GetString() == "Ready" && c.GetProperty("status").GetString() == "True"));
    }

    /// <summary>Every write to any object raises it by one.</summary>
    private static async Task<long> VersionAsync(HttpClient http)
    {
        using var list = JsonDocument.Parse(await http.GetByteArrayAsync($"{Collection}?limit=1"));
        return long.Parse(list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!);
    }
}
