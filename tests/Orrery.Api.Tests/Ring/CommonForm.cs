using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orrery.Api.Tests.Ring;

/// <summary>
/// A server's answers with what no two servers can share replaced: uids, versions, times, generated names. The same value gets the same
/// replacement in all answers of a scenario, so that what must be equal, or must have changed, is still compared.
/// </summary>
internal sealed partial class CommonForm
{
    private readonly Dictionary<string, string> _uids = [];
    private readonly Dictionary<string, string> _versions = [];
    private readonly Dictionary<string, string> _names = [];

    public JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject json => OfObject(json),
        JsonArray array => new JsonArray([.. array.Select(Of)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(OfText(value.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    private JsonObject OfObject(JsonObject json)
    {
        if (json["metadata"] is JsonObject metadata)
            Learn(metadata, isList: json["items"] is JsonArray || json["rows"] is JsonArray);
        var common = new JsonObject();
        foreach (var (name, value) in json)
        {
            common[name] = name switch
            {
                "managedFields" when value is JsonArray entries => Of(Sorted(entries)),
                "resourceVersion" when value is not null && _versions.TryGetValue(value.ToString(), out string? version) => version,
                "resourceVersion" when value is not null => "<version>",
                "continue" when value is not null => value.ToString().Length > 0 ? "<token>" : "",
                // What a table says of an age has the resolution of seconds.
                "cells" when value is JsonArray cells => new JsonArray([.. cells.Select(c => c is JsonValue v && v.GetValueKind() == JsonValueKind.String && Age().IsMatch(v.GetValue<string>()) ? "<age>" : Of(c))]),
                _ => Of(value),
            };
        }
        return common;
    }

    private void Learn(JsonObject metadata, bool isList)
    {
        // A list's version moves with everything else that a server stores.
        if (!isList && metadata["resourceVersion"]?.ToString() is { Length: > 0 } version)
            _versions.TryAdd(version, $"<version {_versions.Count + 1}>");
        if (metadata["generateName"]?.ToString() is { } prefix && metadata["name"]?.ToString() is { } name && name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length)
            _names.TryAdd(name, $"{prefix}<suffix {_names.Count + 1} of {name.Length - prefix.Length}>");
    }

    private string OfText(string text)
    {
        foreach (var (name, common) in _names)
            text = text.Replace(name, common, StringComparison.Ordinal);
        text = Time().Replace(text, match => match.Value.Contains('.', StringComparison.Ordinal) ? "<time with fraction>" : "<time>");
        return Uid().Replace(text, match => _uids.TryGetValue(match.Value, out string? uid) ? uid : _uids[match.Value] = $"<uid {_uids.Count + 1}>");
    }

    // Entries are in the order of times, which are whole seconds.
    private static JsonArray Sorted(JsonArray entries)
        => new([.. entries.Select(e => e!.DeepClone()).OrderBy(e => $"{e["operation"]} {e["manager"]} {e["apiVersion"]} {e["fieldsV1"]?.AsObject().FirstOrDefault().Key}", StringComparer.Ordinal)]);

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex(@"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex("^[0-9]{1,2}s$")]
    private static partial Regex Age();
}
