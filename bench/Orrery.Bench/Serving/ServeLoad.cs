using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Bench.Serving;

/// <summary>What a load brought.</summary>
internal sealed record ServeResult(double RequestsPerSecond, double TokensPerSecond, double P50Ms, double P99Ms, double FirstP50Ms, double FirstP99Ms);

/// <summary>A closed loop of clients, each with a connection of its own and one request at a time.</summary>
internal static class ServeLoad
{
    private const string Path = "/v1/completions";

    /// <param name="prompt">Of a request, by its number.</param>
    /// <param name="rounds">Requests of each client.</param>
    public static async Task<ServeResult> RunAsync(ServeTarget target, int clients, int rounds, int maxTokens, bool stream, Func<int, string> prompt)
    {
        var replies = new (double Ms, double FirstMs, int Tokens)[clients * rounds];
        var requests = Enumerable.Range(0, replies.Length).Select(i => Request(target, prompt(i), maxTokens, stream)).ToArray();
        var connections = Enumerable.Range(0, clients).Select(_ => new HttpConnection(target.Address)).ToList();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(connections.Select((connection, client) => Task.Run(async () =>
        {
            for (int i = client; i < requests.Length; i += clients)
            {
                var reply = await connection.AskAsync(requests[i]);
                if (reply.Status != 200)
                    throw new InvalidOperationException($"{target.Name} answered {reply.Status}: {Encoding.UTF8.GetString(reply.Body.Span)}");
                replies[i] = (reply.Whole.TotalMilliseconds, reply.FirstByte.TotalMilliseconds, reply.LastNumber("completion_tokens"));
            }
        })));
        double seconds = clock.Elapsed.TotalSeconds;
        foreach (var connection in connections)
            connection.Dispose();

        double[] whole = [.. replies.Select(r => r.Ms).Order()], first = [.. replies.Select(r => r.FirstMs).Order()];
        return new ServeResult(replies.Length / seconds, replies.Sum(r => r.Tokens) / seconds, At(whole, 0.5), At(whole, 0.99), At(first, 0.5), At(first, 0.99));
    }

    private static byte[] Request(ServeTarget target, string prompt, int maxTokens, bool stream)
    {
        var json = new JsonObject { ["model"] = target.Model, ["prompt"] = prompt, ["max_tokens"] = maxTokens, ["temperature"] = 0 };
        if (stream)
            (json["stream"], json["stream_options"]) = (true, new JsonObject { ["include_usage"] = true });
        return HttpConnection.Post(target.Address, Path, target.Key, json.ToJsonString());
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
