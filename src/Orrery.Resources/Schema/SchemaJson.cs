using System.Text.Json.Nodes;

namespace Orrery.Resources.Schema;

/// <summary>A schema as OpenAPI v3 in the structural form that CustomResourceDefinitions ask for. Pure.</summary>
public static class SchemaJson
{
    public static JsonObject Of(FieldSchema schema)
    {
        var json = new JsonObject();
        if (schema.Description is { } description)
            json["description"] = description;
        WriteType(json, schema);
        WriteLimits(json, schema);
        if (schema.Default is { } value)
            json["default"] = value.DeepClone();
        if (schema.Rules.Count > 0)
            json["x-kubernetes-validations"] = new JsonArray([.. schema.Rules.Select(Of)]);
        return json;
    }

    private static void WriteType(JsonObject json, FieldSchema schema)
    {
        switch (schema.Type)
        {
            case FieldType.Fields:
                json["type"] = "object";
                WriteProperties(json, schema);
                break;
            case FieldType.Map:
                json["type"] = "object";
                json["additionalProperties"] = Of(schema.Elements!);
                break;
            case FieldType.List:
                json["type"] = "array";
                json["items"] = Of(schema.Elements!);
                break;
            case FieldType.IntOrString:
                json["x-kubernetes-int-or-string"] = true;
                json["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" });
                break;
            case FieldType.Any:
                json["x-kubernetes-preserve-unknown-fields"] = true;
                break;
            default:
                json["type"] = schema.Type switch
                {
                    FieldType.Text => "string",
                    FieldType.WholeNumber => "integer",
                    FieldType.Number => "number",
                    _ => "boolean",
                };
                break;
        }
        if (schema.Format is { } format)
            json["format"] = format;
    }

    private static void WriteProperties(JsonObject json, FieldSchema schema)
    {
        if (schema.Properties.Count > 0)
            json["properties"] = new JsonObject(schema.Properties.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Of(p.Schema))));
        if (schema.Properties.Where(p => p.Required is not null).Select(p => p.Name).ToList() is { Count: > 0 } required)
            json["required"] = Texts(required);
        if (schema.Open)
            json["x-kubernetes-preserve-unknown-fields"] = true;
    }

    private static void WriteLimits(JsonObject json, FieldSchema schema)
    {
        if (schema.OneOf.Count > 0)
            json["enum"] = Texts(schema.OneOf);
        if (schema.Minimum is { } minimum)
            json["minimum"] = minimum;
        if (schema.Maximum is { } maximum)
            json["maximum"] = maximum;
        if (schema.Pattern is { } pattern)
            json["pattern"] = pattern.Expression;
        if (schema.NotEmpty)
            json[schema.Type == FieldType.List ? "minItems" : "minLength"] = 1;
        if (schema.MaxElements is { } most)
            json[schema.Type == FieldType.List ? "maxItems" : "maxProperties"] = most;
        if (schema.MapKeys.Count > 0)
            (json["x-kubernetes-list-type"], json["x-kubernetes-list-map-keys"]) = ("map", Texts(schema.MapKeys));
        else if (schema.IsSet)
            json["x-kubernetes-list-type"] = "set";
        if (schema.AtomicMap)
            json["x-kubernetes-map-type"] = "atomic";
    }

    private static JsonObject Of(Rule rule)
    {
        var json = new JsonObject { ["rule"] = rule.Cel, ["message"] = $"{rule.Field} {rule.Message}" };
        // A path into metadata is refused, since its fields are no part of a structural schema.
        if (!rule.Field.Contains('.', StringComparison.Ordinal))
            json["fieldPath"] = $".{rule.Field}";
        return json;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);
}
