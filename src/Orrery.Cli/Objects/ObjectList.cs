using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Cli.Output;

namespace Orrery.Cli.Objects;

/// <summary>Objects as text that is ready to print.</summary>
/// <param name="style">Of tables; whether there is a column of namespaces follows from what is listed.</param>
/// <param name="order">Null: as the server has them, and events by when they were seen last.</param>
internal sealed class ObjectList(ResourceClient client, OutputFormat output, TableStyle style, ObjectOrder? order = null)
{
    /// <summary>All objects of the kinds.</summary>
    public async Task<string> OfKindsAsync(IReadOnlyList<ApiResource> kinds, ListQuery query, CancellationToken ct)
    {
        List<string> tables = [];
        List<FoundObject> objects = [];
        foreach (var kind in kinds)
        {
            if (output is not OutputFormat.Table)
            {
                var list = await client.ListAsync(kind, query, ct);
                objects.AddRange(list["items"]!.AsArray().Select(i => FoundObject.Of(kind, i!.AsObject())));
                continue;
            }
            bool isSorted = order is not null || Events.IsEvent(kind);
            var table = await client.ListAsync(kind, query with { Table = true, WholeObjects = isSorted }, ct);
            if (isSorted)
                Sort(table);
            if (table["rows"] is JsonArray { Count: > 0 })
                tables.Add(TextTable.Render(table, kinds.Count > 1 ? $"{kind.One}/" : "", style with { Namespace = query.Namespace is null && kind.Namespaced }));
        }
        if (output is OutputFormat.Table)
            return tables.Count > 0 ? string.Join('\n', tables) : $"No {string.Join(", ", kinds.Select(k => k.Plural))} found{Where(kinds, query)}.\n";
        return ObjectText.Of(output, order is null ? objects : [.. objects.OrderBy(o => o.Json, order)], isList: true);
    }

    /// <summary>The objects of these names: one table for each kind, in the order in which the kinds come first.</summary>
    /// <param name="ignoreNotFound">What is not there is left out.</param>
    public async Task<string> OfNamesAsync(IReadOnlyList<ObjectName> names, string ns, bool ignoreNotFound, CancellationToken ct)
    {
        List<(ApiResource Kind, JsonObject Answer)> answers = [];
        foreach (var (kind, name) in names.Distinct())
        {
            try
            {
                answers.Add((kind, await client.GetAsync(kind, ns, name, table: output is OutputFormat.Table, ct)));
            }
            catch (RefusedException e) when (ignoreNotFound && e.Status == 404)
            {
                // Left out.
            }
        }
        if (output is not OutputFormat.Table)
            return answers.Count == 0 ? "" : ObjectText.Of(output, [.. answers.Select(a => FoundObject.Of(a.Kind, a.Answer))], isList: false);
        var kinds = answers.GroupBy(a => a.Kind).ToList();
        return string.Join('\n', kinds.Select(k => TextTable.Render(Joined([.. k.Select(a => a.Answer)]), kinds.Count > 1 ? $"{k.Key.One}/" : "", style)));
    }

    private static string Where(IReadOnlyList<ApiResource> kinds, ListQuery query)
        => query.Namespace is { } ns && kinds.Any(k => k.Namespaced) ? $" in namespace '{ns}'" : "";

    private static JsonObject Joined(IReadOnlyList<JsonObject> tables)
    {
        var rows = tables[0]["rows"]!.AsArray();
        foreach (var row in tables.Skip(1).SelectMany(t => t["rows"]!.AsArray()))
            rows.Add(row!.DeepClone());
        return tables[0];
    }

    private void Sort(JsonObject table)
    {
        var rows = (table["rows"] as JsonArray ?? []).OfType<JsonObject>();
        var sorted = order is null ? rows.OrderBy(r => Events.Place(r["object"])) : rows.OrderBy(r => r["object"]!, order);
        table["rows"] = new JsonArray([.. sorted.Select(r => r.DeepClone())]);
    }
}

/// <summary>What is known here of events, of the old API and of the newer one.</summary>
internal static class Events
{
    public static bool IsEvent(ApiResource kind) => kind is { Kind: "Event", Group: "" or "events.k8s.io" };

    /// <summary>As events are told by people: what happened last stands last. Their times are whole seconds; in one second the order of writing tells.</summary>
    public static (DateTimeOffset LastSeen, ulong Version) Place(JsonNode? item)
    {
        var seen = item?["lastTimestamp"] ?? item?["series"]?["lastObservedTime"] ?? item?["eventTime"] ?? item?["metadata"]?["creationTimestamp"];
        return DateTimeOffset.TryParse(seen?.ToString(), CultureInfo.InvariantCulture, out var time) ? (time, Version(item)) : (default, Version(item));
    }

    // A server may name versions in other ways than by numbers; then the time alone tells.
    private static ulong Version(JsonNode? item) => ulong.TryParse(item?["metadata"]?["resourceVersion"]?.ToString(), out ulong version) ? version : 0;
}
