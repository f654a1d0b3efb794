using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Cli.Rollouts;
using Orrery.Cli.Status;
using Orrery.Control.Revisions;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Describing;

/// <summary>Gets what an InferenceService has beyond its own fields: its components, the replicas that run and what they use, its kept revisions. What cannot be read is left out.</summary>
internal sealed class ServiceParts(ResourceClient client, ApiCatalog catalog, TimeProvider time)
{
    public async Task<IReadOnlyList<DescribedPart>> OfAsync(JsonObject json, CancellationToken ct)
    {
        string ns = $"{json["metadata"]!["namespace"]}", name = $"{json["metadata"]!["name"]}";
        List<DescribedPart> parts = [];
        if (json.Deserialize(InferenceService.View)!.Status?.Components is { Count: > 0 } components)
            parts.Add(new DescribedPart("Components", ServicePartsText.Components(components, time.GetUtcNow()), InPlaceOf: "components"));

        string labels = $"{ServiceRevision.ServiceLabel}={name}";
        if (await ListAsync("v1", "Pod", new ListQuery(ns, labels, Table: true), ct) is { } pods && pods["rows"] is JsonArray { Count: > 0 })
        {
            var use = await ResourceUse.ListAsync(client, $"namespaces/{Uri.EscapeDataString(ns)}/pods?labelSelector={Uri.EscapeDataString(labels)}", ct);
            parts.Add(new DescribedPart("Replicas", ServicePartsText.Replicas(pods, use)));
        }
        if (await ListAsync("apps/v1", "ControllerRevision", new ListQuery(ns, labels), ct) is { } revisions
            && RevisionHistory.Of(json, RevisionHistory.Owned(json, revisions)) is { Revisions.Count: > 0 } history)
        {
            parts.Add(new DescribedPart("Revisions", Description.Table(RevisionHistory.Header, history.Rows(time.GetUtcNow()))));
        }
        return parts;
    }

    /// <returns>Null: it cannot be read.</returns>
    private async Task<JsonObject?> ListAsync(string apiVersion, string kind, ListQuery query, CancellationToken ct)
    {
        try
        {
            return await client.ListAsync(catalog.Of(apiVersion, kind), query, ct);
        }
        catch (CliException e) when (e is UnknownKindException or RefusedException)
        {
            return null;
        }
    }
}
