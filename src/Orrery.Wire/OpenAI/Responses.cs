using System.Text.Json.Serialization;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Wire.OpenAI;

/// <summary>Tokens of one request.</summary>
public sealed record Usage(int PromptTokens, int CompletionTokens)
{
    public int TotalTokens => PromptTokens + CompletionTokens;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PromptTokensDetails? PromptTokensDetails { get; init; }
}

/// <param name="CachedTokens">Of the prompt's start: they were in the cache and not computed again.</param>
public sealed record PromptTokensDetails(int CachedTokens);

/// <summary>An answer of /v1/completions, and each chunk of a streamed one.</summary>
/// <param name="Created">Unix seconds.</param>
public sealed record Completion(
    string Id,
    long Created,
    string Model,
    IReadOnlyList<CompletionChoice> Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Usage? Usage = null)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "text_completion";
}

/// <param name="FinishReason">Null until the last chunk; then <c>stop</c> or <c>length</c>.</param>
/// <param name="LogProbs">Null where the request did not ask for them.</param>
public sealed record CompletionChoice(
    string Text,
    string? FinishReason,
    int Index = 0,
    [property: JsonPropertyName("logprobs"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CompletionLogProbs? LogProbs = null);

/// <summary>An answer of /v1/chat/completions that comes whole.</summary>
public sealed record ChatCompletion(
    string Id,
    long Created,
    string Model,
    IReadOnlyList<ChatChoice> Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Usage? Usage = null)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "chat.completion";
}

/// <param name="LogProbs">Null where the request did not ask for them.</param>
public sealed record ChatChoice(
    ChatMessage Message,
    string? FinishReason,
    int Index = 0,
    [property: JsonPropertyName("logprobs"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChatLogProbs? LogProbs = null);

/// <summary>One event of a streamed chat answer. The first carries the role, the last the finish reason.</summary>
public sealed record ChatChunk(
    string Id,
    long Created,
    string Model,
    IReadOnlyList<ChatChunkChoice> Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Usage? Usage = null)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "chat.completion.chunk";
}

/// <param name="LogProbs">Of this chunk's tokens. Null where the request did not ask for them, or the chunk has none.</param>
public sealed record ChatChunkChoice(
    ChatDelta Delta,
    string? FinishReason,
    int Index = 0,
    [property: JsonPropertyName("logprobs"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChatLogProbs? LogProbs = null);

/// <param name="ToolCalls">Null: nothing of a call.</param>
public sealed record ChatDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ToolCallDelta>? ToolCalls = null);

/// <summary>GET /v1/models.</summary>
public sealed record ModelList(IReadOnlyList<ModelEntry> Data)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}

/// <param name="Created">Unix seconds.</param>
/// <param name="Ready">An addition to OpenAI's fields: whether a replica answers now. Null: not said.</param>
/// <param name="Parent">An addition, as vLLM has it: the model that this one is an adapter of. Null: it is none.</param>
public sealed record ModelEntry(
    string Id,
    long Created,
    string OwnedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Ready = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parent = null)
{
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "model";
}
