using System.Text.Json;

namespace Orrery.Wire.Responses;

/// <summary>Log probabilities of a choice: each entry is the same in both APIs.</summary>
internal static class ResponseLogProbs
{
    /// <returns>Empty: it has none.</returns>
    public static IReadOnlyList<JsonElement> Of(JsonElement choice)
        => choice.ValueKind == JsonValueKind.Object
            && choice.TryGetProperty("logprobs", out var logProbs) && logProbs.ValueKind == JsonValueKind.Object
            && logProbs.TryGetProperty("content", out var entries) && entries.ValueKind == JsonValueKind.Array
            ? [.. entries.EnumerateArray()] : [];
}
