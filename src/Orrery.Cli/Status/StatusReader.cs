using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;

namespace Orrery.Cli.Status;

/// <summary>Asks a server for all that its status is made of. What is told per second needs two readings: those of two calls, or of one that takes a second.</summary>
/// <param name="ns">Null: all namespaces.</param>
internal sealed class StatusReader(ApiSession session, string? ns, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private DemandReading? _before;

    /// <exception cref="CliException">The server does not answer, or has no InferenceServices.</exception>
    public async Task<HomeStatus> ReadAsync(CancellationToken ct)
    {
        var client = session.Client;
        var kind = await session.ResolveAsync(c => c.Named("inferenceservices.orrery.dev")[0], ct);
        var services = Items(await client.ListAsync(kind, new ListQuery(ns), ct));
        List<string> namespaces = [.. services.Select(s => $"{s["metadata"]!["namespace"]}").Distinct()];
        var before = _before ?? await DemandReading.ReadAsync(client, namespaces, time, ct);

        string pods = ns is null ? "pods" : $"namespaces/{Uri.EscapeDataString(ns)}/pods";
        var podUse = ResourceUse.ListAsync(client, pods, ct);
        var nodeUse = ResourceUse.ListAsync(client, "nodes", ct);
        var version = ResourceUse.FindAsync(client, "version", ct);
        var nodes = ResourceUse.FindAsync(client, "api/v1/nodes", ct);
        await Task.WhenAll(podUse, nodeUse, version, nodes);
        if (before is not null && Interval - time.GetElapsedTime(before.Stamp) is var left && left > TimeSpan.Zero)
            await Task.Delay(left, time, ct);
        _before = await DemandReading.ReadAsync(client, namespaces, time, ct);

        var between = before is null || _before is null ? Interval : time.GetElapsedTime(before.Stamp, _before.Stamp);
        var answers = new StatusAnswers(
            services, (await version)?["gitVersion"]?.ToString(), await nodes is { } list ? Items(list) : null, await nodeUse, await podUse, before, _before, between);
        return answers.ToStatus(session.Server, time.GetUtcNow());
    }

    private static List<JsonObject> Items(JsonObject list) => [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>()];
}
