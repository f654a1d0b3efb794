using System.Text;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;

namespace Orrery.Cli.Explaining;

/// <summary>The fields of a kind from an OpenAPI v3 document. Pure.</summary>
/// <param name="document">With <c>components.schemas</c>.</param>
internal sealed class SchemaText(JsonObject document)
{
    private const int Width = 100;

    // Schemas may hold themselves, as JSON Schema's own does.
    private const int MaxDepth = 12;

    /// <summary>The kind's own schema; null: the document has none.</summary>
    public JsonObject? Find(string group, string version, string kind)
        => (document["components"]?["schemas"] as JsonObject ?? []).Select(s => s.Value).OfType<JsonObject>().FirstOrDefault(s =>
            (s["x-kubernetes-group-version-kind"] as JsonArray ?? []).Any(k =>
                Text(k?["group"]) == group && Text(k?["version"]) == version && Text(k?["kind"]) == kind));

    /// <summary>What the path leads to, from the kind's schema.</summary>
    /// <param name="root">As the person named the kind.</param>
    /// <exception cref="CliException">There is no such field; names those that there are.</exception>
    public JsonObject Field(JsonObject schema, string root, IReadOnlyList<string> path)
    {
        var at = schema;
        string walked = root;
        foreach (string name in path)
        {
            var fields = Properties(at);
            if (fields[name] is not JsonObject field)
            {
                throw new CliException(fields.Count == 0
                    ? $"{walked} has no fields that the server describes."
                    : $"{walked} has no field '{name}'. It has: {string.Join(", ", fields.Select(f => f.Key))}.");
            }
            at = field;
            walked += "." + name;
        }
        return at;
    }

    /// <summary>Type, description and fields; with the fields of those when recursive.</summary>
    public string Describe(JsonObject schema, bool recursive)
    {
        var text = new StringBuilder();
        string description = Text(Resolved(schema)["description"] ?? schema["description"]);
        text.Append("TYPE: ").Append(Type(schema)).Append('\n');
        if (Resolved(schema)["enum"] is JsonArray values)
            text.Append("ONE OF: ").AppendJoin(", ", values.Select(Text)).Append('\n');
        if (description.Length > 0)
            text.Append("DESCRIPTION:\n").Append(Wrapped(description, 2));
        if (Properties(schema).Count > 0)
        {
            text.Append("FIELDS:\n");
            Fields(text, schema, recursive, 2, 0);
        }
        return text.ToString();
    }

    private void Fields(StringBuilder text, JsonObject schema, bool recursive, int indent, int depth)
    {
        var required = (Items(schema)["required"] as JsonArray ?? []).Select(Text).ToHashSet();
        foreach (var (name, value) in Properties(schema).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            var field = value as JsonObject ?? [];
            text.Append(' ', indent).Append($"{name}  <{Type(field)}>{(required.Contains(name) ? " (required)" : "")}\n");
            if (recursive && depth < MaxDepth)
                Fields(text, field, recursive: true, indent + 2, depth + 1);
            else if (!recursive && Text(field["description"] ?? Resolved(field)["description"]) is { Length: > 0 } description)
                text.Append(Wrapped(description, indent + 2));
        }
    }

    /// <summary>Fields of an object, of the items of a list, or of the values of a map.</summary>
    private JsonObject Properties(JsonObject schema) => Items(schema)["properties"] as JsonObject ?? [];

    private JsonObject Items(JsonObject schema)
    {
        var at = Resolved(schema);
        for (int i = 0; i < MaxDepth && at["properties"] is null && (at["items"] ?? at["additionalProperties"]) is JsonObject inner; i++)
            at = Resolved(inner);
        return at;
    }

    private string Type(JsonObject schema)
    {
        var at = Resolved(schema);
        return Text(at["type"]) switch
        {
            "array" => $"[]{Type(at["items"] as JsonObject ?? [])}",
            "object" when at["additionalProperties"] is JsonObject values => $"map[string]{Type(values)}",
            "object" or "" when at["properties"] is not null && schema != at => Reference(schema)!.Split('.')[^1],
            "" => (bool?)at["x-kubernetes-int-or-string"] == true || at["oneOf"] is not null ? "integer or string" : "any",
            var type when Text(at["format"]) is { Length: > 0 } format => $"{type} ({format})",
            var type => type,
        };
    }

    // A reference stands bare, or alone in allOf with a description beside it.
    private JsonObject Resolved(JsonObject schema)
    {
        var at = schema;
        for (int i = 0; i < MaxDepth && Reference(at) is { } name; i++)
            at = document["components"]?["schemas"]?[name] as JsonObject ?? [];
        return at;
    }

    private static string? Reference(JsonObject schema)
    {
        string text = Text(schema["$ref"] ?? (schema["allOf"] is JsonArray { Count: 1 } all ? all[0]?["$ref"] : null));
        return text.Length == 0 ? null : text[(text.LastIndexOf('/') + 1)..];
    }

    private static string Wrapped(string text, int indent)
    {
        var lines = new StringBuilder();
        foreach (string paragraph in text.Split('\n'))
        {
            int column = 0;
            foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (column == 0)
                    lines.Append(' ', indent);
                else if (indent + column + word.Length >= Width)
                {
                    lines.Append('\n').Append(' ', indent);
                    column = 0;
                }
                else
                    lines.Append(' ');
                lines.Append(word);
                column += word.Length + 1;
            }
            if (column > 0)
                lines.Append('\n');
        }
        return lines.ToString();
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
