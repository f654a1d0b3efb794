using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Text;

namespace Orrery.Cli.Commands;

/// <summary>Objects as text that is ready to print.</summary>
/// <param name="cell">How tables show a value of a column; null: as it is.</param>
internal sealed class ObjectList(ResourceClient client, OutputFormat output, Func<string, JsonNode?, string>? cell = null)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All objects of the kinds.</summary>
    /// <param name="ns">Null: of all namespaces.</param>
    public async Task<string> OfKindsAsync(IReadOnlyList<ResourceKind> kinds, string? ns, CancellationToken ct)
    {
        List<string> tables = [];
        List<JsonObject> items = [];
        foreach (var kind in kinds)
        {
            if (output != OutputFormat.Table)
            {
                var list = await client.ListAsync(kind, ns, table: false, ct);
                items.AddRange(list["items"]!.AsArray().Select(i => Named(i!.DeepClone().AsObject(), kind)));
                continue;
            }
            var table = await client.ListAsync(kind, ns, table: true, ct, wholeObjects: kind == Event.Kind);
            if (kind == Event.Kind)
                SortByLastSeen(table);
            if (table["rows"] is JsonArray { Count: > 0 })
                tables.Add(TextTable.Render(table, kinds.Count > 1 ? $"{kind.Singular}/" : "", ns is null && kind.Namespaced, cell));
        }
        if (output == OutputFormat.Table)
            return tables.Count > 0 ? string.Join('\n', tables) : $"No {string.Join(", ", kinds.Select(k => k.Plural))} found.\n";
        return Text(ListOf(items), items);
    }

    /// <summary>The objects of these names: one table for each kind, in the order in which the kinds come first.</summary>
    public async Task<string> OfNamesAsync(IReadOnlyList<ObjectName> names, string ns, CancellationToken ct)
    {
        List<(ResourceKind Kind, JsonObject Answer)> answers = [];
        foreach (var (kind, name) in names.Distinct())
            answers.Add((kind, await client.GetAsync(kind, ns, name, table: output == OutputFormat.Table, ct)));
        if (output != OutputFormat.Table)
        {
            List<JsonObject> items = [.. answers.Select(a => Named(a.Answer, a.Kind))];
            return Text(items is [var only] ? only : ListOf(items), items);
        }
        var kinds = answers.GroupBy(a => a.Kind).ToList();
        return string.Join('\n', kinds.Select(k => TextTable.Render(Joined([.. k.Select(a => a.Answer)]), kinds.Count > 1 ? $"{k.Key.Singular}/" : "", withNamespace: false, cell)));
    }

    private static JsonObject Joined(IReadOnlyList<JsonObject> tables)
    {
        var rows = tables[0]["rows"]!.AsArray();
        foreach (var row in tables.Skip(1).SelectMany(t => t["rows"]!.AsArray()))
            rows.Add(row!.DeepClone());
        return tables[0];
    }

    // As events are told by people: what happened last stands last.
    private static void SortByLastSeen(JsonObject events)
        => events["rows"] = new JsonArray([.. events["rows"]!.AsArray().OrderBy(LastSeen).Select(r => r!.DeepClone())]);

    private static DateTimeOffset LastSeen(JsonNode? row)
    {
        var seen = row!["object"]?["lastTimestamp"] ?? row["object"]?["metadata"]?["creationTimestamp"];
        return DateTimeOffset.TryParse(seen?.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : default;
    }

    private static JsonObject ListOf(IReadOnlyList<JsonObject> items)
        => new() { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. items.Select(i => i.DeepClone())]) };

    private string Text(JsonObject whole, IReadOnlyList<JsonObject> items) => output switch
    {
        OutputFormat.Json => whole.ToJsonString(Indented) + "\n",
        OutputFormat.Yaml => Yaml.Write(whole),
        _ => string.Concat(items.Select(i => $"{Kinds.Find(i["apiVersion"]!.ToString(), i["kind"]!.ToString())!.QualifiedPlural}/{i["metadata"]!["name"]}\n")),
    };

    // Items of a list may leave out what the list says already.
    private static JsonObject Named(JsonObject item, ResourceKind kind)
    {
        item["apiVersion"] ??= kind.ApiVersion;
        item["kind"] ??= kind.Name;
        return item;
    }
}
