using System.Collections.Frozen;

namespace Orrery.Gateway.Telemetry;

/// <summary>What a request wants done, as OpenTelemetry's GenAI conventions name it, and further words in their manner.</summary>
internal static class Operations
{
    public const string Chat = "chat";

    /// <summary>Everything that is no path of a model's.</summary>
    public const string Other = "other";

    private static readonly FrozenDictionary<string, string> ByPath = new Dictionary<string, string>
    {
        ["/v1/chat/completions"] = Chat,
        ["/v1/messages"] = Chat,
        ["/v1/responses"] = Chat,
        ["/v1/completions"] = "text_completion",
        ["/v1/embeddings"] = "embeddings",
        ["/v1/tokenize"] = "tokenize",
        ["/v1/detokenize"] = "detokenize",
        ["/v1/messages/count_tokens"] = "count_tokens",
        ["/v1/models"] = "models",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <param name="path">As the client sent it.</param>
    public static string Of(string? path) => path is not null && ByPath.TryGetValue(path, out string? operation) ? operation : Other;
}
