using System.Text.Json;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Anthropic;

/// <summary>Tokens as Anthropic counts them: what came from a cache is not among the input's.</summary>
internal static class MessageUsage
{
    public static void Write(Utf8JsonWriter json, ChatUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, Math.Max(0, usage.Prompt - usage.Cached));
        json.WriteNumber("cache_creation_input_tokens"u8, 0);
        json.WriteNumber("cache_read_input_tokens"u8, usage.Cached);
        json.WriteNumber("output_tokens"u8, usage.Completion);
        json.WriteEndObject();
    }
}
