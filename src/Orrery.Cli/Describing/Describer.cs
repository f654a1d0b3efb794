using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Discovery;
using Orrery.Cli.Objects;

namespace Orrery.Cli.Describing;

/// <summary>Gets what a description is made of.</summary>
internal sealed class Describer(ApiSession session, ApiCatalog catalog, TimeProvider time)
{
    public async Task<string> DescribeAsync(ObjectName one, string ns, CancellationToken ct)
    {
        var json = await session.Client.GetAsync(one.Kind, ns, one.Name, table: false, ct);
        List<DescribedPart> more = [];
        if (ServiceDecision.IsFor(one.Kind))
        {
            more.AddRange(await new ServiceParts(session.Client, catalog, time).OfAsync(json, ct));
            more.Add(new DescribedPart("Decision", await ServiceDecision.OfAsync(session.Client, catalog, json, ct), InPlaceOf: "selection"));
        }
        return new Description(one.Kind, json, more, await EventsAsync(one, json, ct), time.GetUtcNow()).ToString();
    }

    private async Task<IReadOnlyList<JsonObject>?> EventsAsync(ObjectName one, JsonObject json, CancellationToken ct)
    {
        try
        {
            // Events of objects without a namespace lie in any.
            var query = new ListQuery(json["metadata"]?["namespace"]?.ToString(), Fields: $"involvedObject.name={one.Name},involvedObject.kind={one.Kind.Kind}");
            var list = await session.Client.ListAsync(catalog.Of("v1", "Event"), query, ct);
            // Another object had the name before this one.
            return [.. list["items"]!.AsArray().OfType<JsonObject>().Where(e => e["involvedObject"]?["uid"] is not { } uid || uid.ToString() == json["metadata"]?["uid"]?.ToString())];
        }
        catch (CliException e) when (e is UnknownKindException or RefusedException)
        {
            return null;
        }
    }
}
