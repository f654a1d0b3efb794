using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>A member <c>pattern</c>: <c>{"String": "..."}</c> or <c>{"Regex": "..."}</c>.</summary>
internal static class PatternJson
{
    /// <returns>Either the text or the pattern.</returns>
    public static (string? Text, Pattern? Pattern) Read(JsonPart step)
    {
        var pattern = step.Get("pattern");
        if (pattern.TextOf("Regex") is { } expression)
            return (null, new Pattern(expression));
        string text = pattern.Get("String").Text();
        return text.Length > 0 ? (text, null) : throw pattern.Invalid("is an empty text");
    }
}
