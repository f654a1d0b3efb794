using System.Text.Json;

namespace Orrery.Wire.Translation;

/// <summary>Tokens of a chat answer.</summary>
/// <param name="Prompt">All of the prompt's, those from a cache too.</param>
/// <param name="Cached">Of the prompt's: taken from a cache.</param>
/// <param name="Reasoning">Of the completion's: thought, not said.</param>
internal readonly record struct ChatUsage(long Prompt, long Completion, long Cached, long Reasoning)
{
    /// <summary>Null: the answer, or this chunk of it, does not tell.</summary>
    public static ChatUsage? Of(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
            return null;
        return new ChatUsage(
            Number(usage, "prompt_tokens"), Number(usage, "completion_tokens"),
            usage.TryGetProperty("prompt_tokens_details", out var prompt) ? Number(prompt, "cached_tokens") : 0,
            usage.TryGetProperty("completion_tokens_details", out var completion) ? Number(completion, "reasoning_tokens") : 0);
    }

    private static long Number(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : 0;
}
