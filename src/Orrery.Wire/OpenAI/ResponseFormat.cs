using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary><c>response_format</c>: what the text must be. One of the nested cases; null stands for any text.</summary>
public abstract record ResponseFormat
{
    private const string Field = "response_format";

    /// <summary>Any JSON object.</summary>
    public sealed record AnyObject : ResponseFormat;

    /// <summary>What is valid under a JSON schema.</summary>
    /// <param name="Value">An object, or true or false; on its own feet.</param>
    public sealed record Schema(JsonElement Value) : ResponseFormat;

    internal static ResponseFormat? Read(FieldReader fields)
    {
        if (fields.Any(Field) is not { } value || value.ValueKind == JsonValueKind.Null)
            return null;
        string? type = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        switch (type)
        {
            case "text":
                return null;
            case "json_object":
                return new AnyObject();
            case "json_schema" when value.TryGetProperty("json_schema", out var json) && json.ValueKind == JsonValueKind.Object && json.TryGetProperty("schema", out var schema):
                return new Schema(schema.Clone());
            case "json_schema":
                fields.Refuse(Field, $"'{Field}': 'json_schema' must be an object with 'name' and 'schema'.");
                return null;
            default:
                fields.Refuse(Field, $"'{Field}': 'type' must be text, json_object or json_schema.");
                return null;
        }
    }
}
