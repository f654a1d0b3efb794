using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Resources.Text;

namespace Orrery.Cli.Status;

/// <summary>What something uses now.</summary>
/// <param name="Processors">On average over some seconds.</param>
internal readonly record struct ResourceUse(double Processors, long MemoryBytes)
{
    public static ResourceUse operator +(ResourceUse one, ResourceUse other) => new(one.Processors + other.Processors, one.MemoryBytes + other.MemoryBytes);

    /// <summary>Processors with two digits.</summary>
    public static string Text(double processors) => processors.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Of a PodMetrics, all containers together, or a NodeMetrics.</summary>
    public static ResourceUse Of(JsonNode item)
        => item["containers"] is JsonArray containers ? containers.Aggregate(default(ResourceUse), (sum, c) => sum + OfUsage(c!["usage"])) : OfUsage(item["usage"]);

    /// <summary>Lists of <c>metrics.k8s.io</c>.</summary>
    /// <param name="path">After the group's version: <c>nodes</c>, <c>namespaces/NS/pods?…</c></param>
    /// <returns>Null: the server does not have them, or not for this caller.</returns>
    public static async Task<IReadOnlyList<JsonObject>?> ListAsync(ResourceClient client, string path, CancellationToken ct)
        => (await FindAsync(client, $"apis/metrics.k8s.io/v1beta1/{path}", ct))?["items"] is JsonArray items ? [.. items.OfType<JsonObject>()] : null;

    /// <returns>Null: the server does not have the document, or not for this caller, or not now.</returns>
    internal static async Task<JsonObject?> FindAsync(ResourceClient client, string path, CancellationToken ct)
    {
        try
        {
            return await client.DocumentAsync(path, "application/json", ct);
        }
        catch (RefusedException e) when (e.Status is 403 or 404 or 405 or 503)
        {
            return null;
        }
    }

    private static ResourceUse OfUsage(JsonNode? usage) => new(Quantities.Parse(usage?["cpu"]?.ToString()) ?? 0, (long)(Quantities.Parse(usage?["memory"]?.ToString()) ?? 0));
}
