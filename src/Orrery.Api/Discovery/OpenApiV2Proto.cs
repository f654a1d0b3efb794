using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Api.Discovery;

/// <summary>
/// OpenAPI v2 as the protocol buffer of gnostic's <c>openapi.v2.Document</c>, the only form in which any kubectl reads version 2. Written by hand:
/// the numbers below are the fields of that format, and all of ours are strings and messages.
/// </summary>
internal static class OpenApiV2Proto
{
    /// <summary>What clients ask for.</summary>
    public const string AcceptType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>What they get: the same without the <c>@</c>, which no media type may hold and Go refuses to read.</summary>
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private const string GroupVersionKind = "x-kubernetes-group-version-kind";

    /// <param name="json">Of <see cref="OpenApiV2Document"/>.</param>
    public static byte[] Document(JsonObject json) =>
    [
        .. Field(1, "2.0"),
        .. Field(2, [.. Field(1, (string)json["info"]!["title"]!), .. Field(2, (string)json["info"]!["version"]!)]),
        .. Field(8, [.. json["paths"]!.AsObject().SelectMany(path => Field(2, [.. Field(1, path.Key), .. Field(2, PathItem(path.Value!))]))]),
        .. Field(9, Named(json["definitions"]!.AsObject())),
    ];

    private static byte[] PathItem(JsonNode item)
    {
        var patch = item["patch"]!;
        return Field(8,
        [
            .. patch["parameters"]!.AsArray().SelectMany(p => Field(8, QueryParameter((string)p!["name"]!))),
            .. Field(13, Extension(GroupVersionKind, patch[GroupVersionKind]!)),
        ]);
    }

    // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema.
    private static byte[] QueryParameter(string name) => Field(1, Field(2, Field(3, [.. Field(2, "query"), .. Field(4, name), .. Field(6, "string")])));

    /// <summary>Definitions and Properties are the same: a list of NamedSchema.</summary>
    private static byte[] Named(JsonObject schemas)
        => [.. schemas.SelectMany(s => Field(1, [.. Field(1, s.Key), .. Field(2, Schema(s.Value!.AsObject()))]))];

    private static byte[] Schema(JsonObject schema)
    {
        var bytes = new List<byte>();
        if (schema["format"] is { } format)
            bytes.AddRange(Field(2, (string)format!));
        if (schema["description"] is { } description)
            bytes.AddRange(Field(4, (string)description!));
        foreach (var required in schema["required"] as JsonArray ?? [])
            bytes.AddRange(Field(19, (string)required!));
        if (schema["additionalProperties"] is JsonObject additional)
            bytes.AddRange(Field(21, Field(1, Schema(additional))));
        if (schema["type"] is { } type)
            bytes.AddRange(Field(22, Field(1, (string)type!)));
        if (schema["items"] is JsonObject items)
            bytes.AddRange(Field(23, Field(1, Schema(items))));
        if (schema["properties"] is JsonObject properties)
            bytes.AddRange(Field(25, Named(properties)));
        foreach (var (name, value) in schema.Where(f => f.Key.StartsWith("x-", StringComparison.Ordinal)))
            bytes.AddRange(Field(31, Extension(name, value!)));
        return [.. bytes];
    }

    /// <summary>NamedAny, whose value is YAML; JSON is that too.</summary>
    private static byte[] Extension(string name, JsonNode value) => [.. Field(1, name), .. Field(2, Field(2, Encoding.UTF8.GetString(Json.Bytes(value))))];

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    /// <summary>One length-delimited field (wire type 2).</summary>
    private static byte[] Field(int number, byte[] content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
