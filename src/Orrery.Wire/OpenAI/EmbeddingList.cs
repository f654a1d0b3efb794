using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orrery.Wire.OpenAI;

/// <summary>The answer of /v1/embeddings.</summary>
public sealed record EmbeddingList(string Model, IReadOnlyList<EmbeddingEntry> Data, EmbeddingUsage Usage)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}

/// <param name="Index">Of the text in the request.</param>
public sealed record EmbeddingEntry(int Index, EmbeddingVector Embedding)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "embedding";
}

/// <summary>Tokens of all texts.</summary>
public sealed record EmbeddingUsage(int PromptTokens)
{
    public int TotalTokens => PromptTokens;
}

/// <summary>A vector, written as an array of numbers or as base64 of little-endian f32.</summary>
[JsonConverter(typeof(EmbeddingVectorJson))]
public sealed record EmbeddingVector(IReadOnlyList<float> Values, bool AsBase64 = false);

internal sealed class EmbeddingVectorJson : JsonConverter<EmbeddingVector>
{
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => throw new NotSupportedException("Answers are written here, not read.");

    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        if (value.AsBase64)
        {
            // Every machine that this runs on is little-endian, as model files are.
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes<float>(value.Values.ToArray()));
            return;
        }
        writer.WriteStartArray();
        foreach (float number in value.Values)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
