using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Resources.Apply;

/// <summary>Kubernetes' text for sets of fields: the JSON of <c>metadata.managedFields[].fieldsV1</c>, and paths in messages.</summary>
public static class FieldsV1
{
    private const string Self = ".";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Field(string name) => "f:" + name;

    public static string Value(JsonNode scalar) => "v:" + Text(scalar);

    /// <param name="keys">The fields that tell the item apart, as far as it has them.</param>
    public static string Key(IEnumerable<KeyValuePair<string, JsonNode>> keys)
        => "k:" + Text(new JsonObject(keys.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => KeyValuePair.Create<string, JsonNode?>(k.Key, k.Value.DeepClone()))));

    public static JsonObject Write(FieldSet set)
    {
        var json = new JsonObject();
        if (set is { IsMember: true, Children.Count: > 0 })
            json[Self] = new JsonObject();
        foreach (var (element, child) in set.Children)
            json[element] = Write(child);
        return json;
    }

    /// <returns>Null: not a set of fields.</returns>
    public static FieldSet? Read(JsonObject json) => Read(json, isRoot: true);

    private static FieldSet? Read(JsonObject json, bool isRoot)
    {
        bool isMember = !isRoot && json.Count == 0;
        var children = new List<KeyValuePair<string, FieldSet>>();
        foreach (var (name, value) in json)
        {
            if (value is not JsonObject inner)
                return null;
            if (name == Self)
                isMember = true;
            else if (Canonical(name) is { } element && Read(inner, isRoot: false) is { } child)
                children.Add(KeyValuePair.Create(element, child));
            else
                return null;
        }
        return FieldSet.Of(isMember, children);
    }

    /// <summary><c>.spec.ports[name="web"].port</c>.</summary>
    public static string PathText(IReadOnlyList<string> path)
    {
        var text = new StringBuilder();
        foreach (string element in path)
        {
            string rest = element[2..];
            text.Append(element[0] switch
            {
                'f' => $".{rest}",
                'v' => $"[={rest}]",
                'k' when JsonNode.Parse(rest) is JsonObject keys => $"[{string.Join(',', keys.Select(k => $"{k.Key}={(k.Value is null ? "null" : Text(k.Value))}"))}]",
                _ => $"[{rest}]",
            });
        }
        return text.ToString();
    }

    /// <summary>The element as this program writes it; null when it is none.</summary>
    private static string? Canonical(string element)
    {
        if (element.Length < 2 || element[1] != ':')
            return null;
        string rest = element[2..];
        try
        {
            return element[0] switch
            {
                'f' => element,
                'i' => int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? element : null,
                'v' => JsonNode.Parse(rest) is JsonValue value ? Value(value) : null,
                'k' => JsonNode.Parse(rest) is JsonObject { Count: > 0 } keys && keys.All(k => k.Value is JsonValue) ? Key(keys.Select(k => KeyValuePair.Create(k.Key, k.Value!))) : null,
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            node.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
