using System.Text.Json.Nodes;

namespace Orrery.Resources.Schema;

/// <summary>Fills in what is left out and has a default, as an API server does: only inside objects that are there.</summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonNode? node, FieldSchema schema)
    {
        if (!schema.HasDefaults)
            return;
        switch (schema.Type)
        {
            case FieldType.Fields when node is JsonObject json:
                foreach (var property in schema.Properties.Where(p => p.Schema.HasDefaults))
                {
                    if (property.Schema.Default is { } value && json[property.Name] is null)
                        json[property.Name] = value.DeepClone();
                    Apply(json[property.Name], property.Schema);
                }
                break;
            case FieldType.List when node is JsonArray array:
                foreach (var item in array)
                    Apply(item, schema.Elements!);
                break;
            case FieldType.Map when node is JsonObject map:
                foreach (var (_, value) in map)
                    Apply(value, schema.Elements!);
                break;
        }
    }
}
