using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Tests.Examples;

/// <summary>Makes objects that a schema allows, each from a seed.</summary>
internal sealed class SchemaExamples(Random random)
{
    // Some word for every pattern that a field has.
    private static readonly string[] Words =
    [
        "word", "7B", "/srv/x", "file:///models/a.gguf", "https://a.example/x", "9.0", "1.2.3", "10de", "D(100,200)", "8", "08:00", "80Gi", "500m", "",
        "ü ≠ 😀", "$(PORT)", "$(WEIGHT_NAME)", "a: b",
    ];

    public JsonObject Of(ResourceKind kind, string name)
    {
        var json = new JsonObject
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Name,
            ["metadata"] = new JsonObject { ["name"] = name },
        };
        if (kind.Namespaced)
            json["metadata"]!["namespace"] = "default";
        json["spec"] = Value(kind.Schema.Property("spec")!.Schema, 0);
        return json;
    }

    private JsonNode Value(FieldSchema schema, int depth)
    {
        // Deep optional parts get rarer, so that objects stay small.
        bool Chosen() => random.Next(depth + 2) == 0;
        switch (schema.Type)
        {
            case FieldType.Fields:
                return new JsonObject(
                [
                    .. schema.Properties.Where(p => p.Required is not null || Chosen()).Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Value(p.Schema, depth + 1))),
                    .. schema.Open ? [KeyValuePair.Create("any", (JsonNode?)new JsonArray(1, "two", null, new JsonObject { ["three"] = true }))] : Array.Empty<KeyValuePair<string, JsonNode?>>(),
                ]);
            case FieldType.Map:
                return new JsonObject(Enumerable.Range(0, random.Next(3)).Append(9).Select(i => KeyValuePair.Create(i == 9 ? "root" : $"key-{i}", (JsonNode?)Value(schema.Elements!, depth + 1))));
            case FieldType.List:
                // Elements must differ where the list is a set or a map; one always does.
                int count = schema.IsSet || schema.MapKeys.Count > 0 ? 1 : random.Next(schema.NotEmpty ? 1 : 0, 3);
                return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Value(schema.Elements!, depth + 1))]);
            case FieldType.WholeNumber:
                return Number(schema);
            case FieldType.Number:
                return JsonValue.Create(random.NextDouble());
            case FieldType.Boolean:
                return JsonValue.Create(random.Next(2) == 0);
            case FieldType.IntOrString when random.Next(2) == 0:
                return JsonValue.Create(random.Next(1, 100));
            case FieldType.Any:
                return new JsonArray(1, "any");
            default:
                return Text(schema);
        }
    }

    private JsonValue Number(FieldSchema schema)
    {
        long least = schema.Minimum ?? int.MinValue, most = schema.Maximum ?? (schema.Format == "int32" ? int.MaxValue : long.MaxValue);
        return JsonValue.Create(random.Next(4) switch
        {
            0 => least,
            1 => most,
            _ => random.NextInt64(least, most),
        });
    }

    private JsonValue Text(FieldSchema schema)
    {
        if (schema.OneOf.Count > 0)
            return JsonValue.Create(schema.OneOf[random.Next(schema.OneOf.Count)]);
        if (schema.Format == "date-time")
            return JsonValue.Create("2026-01-31T12:00:00Z");
        var fitting = Words.Where(w => (schema.Pattern?.Matches(w) ?? true) && !(schema.NotEmpty && w.Length == 0)).ToList();
        Assert.True(fitting.Count > 0, $"no word fits '{schema.Pattern?.Expression}'");
        return JsonValue.Create(fitting[random.Next(fitting.Count)]);
    }
}
