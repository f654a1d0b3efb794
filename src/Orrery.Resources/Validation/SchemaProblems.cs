using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources.Schema;
using Orrery.Resources.Text;

namespace Orrery.Resources.Validation;

/// <summary>
/// Holds a document against its schema: every problem, each starting with the field's path. A field that is null is the same as one left out;
/// in lists and maps a null means nothing and is a problem.
/// </summary>
internal sealed class SchemaProblems
{
    private readonly List<string> _problems = [];

    private SchemaProblems()
    {
    }

    /// <summary>What is wrong, in document order; of more than <see cref="Shape.MaxProblems"/> the first.</summary>
    public IReadOnlyList<string> All => _problems;

    /// <summary>False: some value has a type that its record cannot hold, so it must not be read as one.</summary>
    public bool Readable { get; private set; } = true;

    public static SchemaProblems Of(JsonObject document, FieldSchema schema)
    {
        var problems = new SchemaProblems();
        problems.Visit(document, schema, "");
        return problems;
    }

    // One more than are told, so that it shows that there are more.
    private void Add(string problem)
    {
        if (_problems.Count <= Shape.MaxProblems)
            _problems.Add(problem);
    }

    private void Visit(JsonNode node, FieldSchema schema, string path)
    {
        switch (schema.Type)
        {
            case FieldType.Fields when node is JsonObject json:
                VisitObject(json, schema, path);
                break;
            case FieldType.Map when node is JsonObject map:
                CheckCount(map.Count, schema, path);
                foreach (var (name, value) in map)
                    Element(value, schema.Elements!, $"{path}.{name}");
                break;
            case FieldType.List when node is JsonArray array:
                VisitList(array, schema, path);
                break;
            case FieldType.Fields or FieldType.Map:
                WrongType(node, path, "an object");
                break;
            case FieldType.List:
                WrongType(node, path, "a list");
                break;
            case FieldType.Any:
                break;
            default:
                VisitValue(node, schema, path);
                break;
        }
    }

    private void VisitObject(JsonObject json, FieldSchema schema, string path)
    {
        bool readable = Readable;
        Readable = true;
        foreach (var property in schema.Properties)
        {
            string at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (json[property.Name] is { } value)
                Visit(value, property.Schema, at);
            else if (property.Required is { } hint)
                Missing(property.Schema, at, hint);
        }
        if (Readable && schema.Rules.Count > 0)
            CheckRules(json, schema, path);
        Readable &= readable;
    }

    /// <summary>Names what to write: of an object that must be there, the fields that it must hold.</summary>
    private void Missing(FieldSchema schema, string path, string hint)
    {
        int before = _problems.Count;
        if (schema.Type == FieldType.Fields)
        {
            foreach (var inner in schema.Properties.Where(p => p.Required is not null))
                Missing(inner.Schema, $"{path}.{inner.Name}", inner.Required!);
        }
        if (_problems.Count == before)
            Add($"{path}: must be set{hint}");
    }

    private void CheckRules(JsonObject json, FieldSchema schema, string path)
    {
        object record = json.Deserialize(schema.View!)!;
        foreach (var rule in schema.Rules.Where(r => !r.Holds(record)))
        {
            string at = path.Length == 0 ? rule.Field : $"{path}.{rule.Field}";
            string value = FieldPath.Select(json, "." + rule.Field) is [JsonValue text] ? Shown(text) + " " : "";
            Add($"{at}: {value}{rule.Message}");
        }
    }

    private void VisitList(JsonArray array, FieldSchema schema, string path)
    {
        CheckCount(array.Count, schema, path);
        if (array.Count == 0 && schema.NotEmpty)
            Add($"{path}: must hold at least one element");
        for (int i = 0; i < array.Count; i++)
            Element(array[i], schema.Elements!, $"{path}[{i}]");
        if (schema.MapKeys.Count == 0 && !schema.IsSet)
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < array.Count; i++)
        {
            string identity = schema.IsSet
                ? array[i]?.ToJsonString() ?? ""
                : string.Join(' ', schema.MapKeys.Select(k => ((array[i] as JsonObject)?[k] ?? schema.Elements!.Property(k)?.Schema.Default)?.ToJsonString()));
            if (!seen.Add(identity))
                Add($"{path}[{i}]: {Excerpt.Of(identity)} stands there twice; each {(schema.IsSet ? "value" : string.Join(" and ", schema.MapKeys))} may stand there once");
        }
    }

    private void CheckCount(int count, FieldSchema schema, string path)
    {
        if (count > schema.MaxElements)
            Add($"{path}: has {count} elements and may have {schema.MaxElements}");
    }

    private void Element(JsonNode? value, FieldSchema schema, string path)
    {
        if (value is null)
            Unreadable($"{path}: must not be null");
        else
            Visit(value, schema, path);
    }

    private void VisitValue(JsonNode node, FieldSchema schema, string path)
    {
        var kind = node.GetValueKind();
        switch (schema.Type)
        {
            case FieldType.Text when kind == JsonValueKind.String:
                VisitText(node.GetValue<string>(), schema, path);
                break;
            case FieldType.IntOrString when kind == JsonValueKind.String:
                CheckPattern(node.GetValue<string>(), schema, path);
                break;
            case FieldType.Boolean when kind is JsonValueKind.True or JsonValueKind.False:
            case FieldType.Number when kind == JsonValueKind.Number:
                break;
            case FieldType.WholeNumber or FieldType.IntOrString when kind == JsonValueKind.Number:
                VisitInteger(node, schema, path);
                break;
            default:
                WrongType(node, path, schema.Type switch
                {
                    FieldType.Text => "text",
                    FieldType.WholeNumber => "a whole number",
                    FieldType.Number => "a number",
                    FieldType.Boolean => "true or false",
                    _ => "a whole number or text",
                });
                break;
        }
    }

    private void VisitText(string text, FieldSchema schema, string path)
    {
        if (schema.Format == "date-time" && !KubernetesTimeConverter.TryParse(text, out _))
            Unreadable($"{path}: '{Excerpt.Of(text)}' must be a time such as 2026-01-31T12:00:00Z");
        else if (schema.OneOf.Count > 0 && !schema.OneOf.Contains(text))
            Add($"{path}: '{Excerpt.Of(text)}' must be {Words.Choice(schema.OneOf)}");
        else if (schema.NotEmpty && text.Length == 0)
            Add($"{path}: must be set");
        else
            CheckPattern(text, schema, path);
    }

    private void CheckPattern(string text, FieldSchema schema, string path)
    {
        if (schema.Pattern is { } pattern && !pattern.Matches(text))
            Add($"{path}: '{Excerpt.Of(text)}' must be {pattern.Meaning}");
    }

    private void VisitInteger(JsonNode node, FieldSchema schema, string path)
    {
        if (!long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            WrongType(node, path, "a whole number");
        else if (schema.Format == "int32" && number != (int)number)
            Unreadable($"{path}: {number} must be between {int.MinValue} and {int.MaxValue}");
        else if (number < schema.Minimum || number > schema.Maximum)
            Add($"{path}: {number} must be {(schema.Maximum is { } most ? $"between {schema.Minimum} and {most}" : $"{schema.Minimum} or more")}");
    }

    private void WrongType(JsonNode node, string path, string expected)
        => Unreadable($"{(path.Length == 0 ? "(root)" : path)}: {Shown(node)} must be {expected}");

    private void Unreadable(string problem)
    {
        Readable = false;
        Add(problem);
    }

    private static string Shown(JsonNode node) => node switch
    {
        JsonObject => "an object",
        JsonArray => "a list",
        _ when node.GetValueKind() == JsonValueKind.String => $"'{Excerpt.Of(node.GetValue<string>())}'",
        _ => Excerpt.Of(node.ToJsonString()),
    };
}
