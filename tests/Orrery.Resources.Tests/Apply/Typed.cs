using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Tests.Apply;

/// <summary>A record with every form of field, for the pure parts: kinds come and go.</summary>
internal sealed record Typed
{
    public string? Name { get; init; }
    public Inner? Inner { get; init; }
    public IReadOnlyDictionary<string, string>? Map { get; init; }
    public IReadOnlyList<string>? Atomic { get; init; }

    [ListSet]
    public IReadOnlyList<string>? Set { get; init; }

    [ListMap("name")]
    public IReadOnlyList<Inner>? Keyed { get; init; }

    [ListMap("port", "protocol")]
    public IReadOnlyList<Inner>? Ports { get; init; }

    [AtomicMap]
    public IReadOnlyDictionary<string, string>? Whole { get; init; }

    public JsonElement? Any { get; init; }

    public static MergeType Type { get; } = MergeType.Of(new ResourceKind
    {
        Group = "test", Version = "v1", Name = "Typed", Plural = "typeds", Namespaced = false, Problems = _ => [], View = TypedJson.Default.Typed,
    });

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

internal sealed record Inner
{
    public string? Name { get; init; }
    public string? A { get; init; }
    public string? B { get; init; }
    public int? Port { get; init; }
    public string? Protocol { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Typed))]
internal sealed partial class TypedJson : JsonSerializerContext;
