using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orrery.Api.Tests.Ring;

/// <summary>
/// A server's answers with what no two servers can share replaced: uids, versions, times, generated names. The same value gets the same
/// replacement in all answers of a scenario, by the object that it was first seen in, so that what must be equal, or must have changed, is
/// still compared.
/// </summary>
internal sealed partial class CommonForm
{
    private readonly Dictionary<string, string> _uids = [];
    private readonly Dictionary<string, string> _versions = [];
    private readonly Dictionary<string, string> _names = [];

    public Answer Of(Answer answer) => answer with { Body = Of(answer.Body) };

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
            common[OfText(name)] = name switch
            {
                // Sets: one server sorts them, the other does not.
                "causes" when value is JsonArray causes => Of(new JsonArray([.. causes.Select(c => c!.DeepClone()).OrderBy(c => $"{c["field"]} {c["reason"]}", StringComparer.Ordinal)])),
                "verbs" when value is JsonArray verbs => new JsonArray([.. verbs.Select(v => v!.DeepClone()).OrderBy(v => v.ToString(), StringComparer.Ordinal)]),
                "resources" when value is JsonArray resources => Of(new JsonObject(resources.Select(r => KeyValuePair.Create($"{r!["name"]}", (JsonNode?)r.DeepClone())))),
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
        if (metadata["generateName"]?.ToString() is { } prefix && metadata["name"]?.ToString() is { } made && made.StartsWith(prefix, StringComparison.Ordinal) && made.Length > prefix.Length)
            _names.TryAdd(made, $"{prefix}<{made.Length - prefix.Length} letters, {_names.Count + 1}>");
        // A list's version moves with everything else that a server stores.
        if (isList || metadata["uid"]?.ToString() is not { } uid)
            return;
        string name = $"{metadata["name"]}";
        name = _names.GetValueOrDefault(name, name);
        _uids.TryAdd(uid, $"<uid {_uids.Values.Count(u => u.EndsWith($" of {name}>", StringComparison.Ordinal)) + 1} of {name}>");
        string of = $" of {_uids[uid][1..^1]}>";
        // What a dry run would create has none.
        if (metadata["resourceVersion"]?.ToString() is { } version)
            _versions.TryAdd(version, $"<version {_versions.Values.Count(v => v.EndsWith(of, StringComparison.Ordinal)) + 1}{of}");
    }

    private string OfText(string text)
    {
        foreach (var (name, common) in _names)
            text = text.Replace(name, common, StringComparison.Ordinal);
        text = Time().Replace(text, match => match.Value.Contains('.', StringComparison.Ordinal) ? "<time with fraction>" : "<time>");
        return Uid().Replace(text, match => _uids.GetValueOrDefault(match.Value, match.Value));
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
