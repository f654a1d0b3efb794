using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Wire.OpenAI;

/// <summary>POST /v1/tokenize, in the shape that vLLM and SGLang gave it: a text, or a conversation as the model's template writes it.</summary>
/// <param name="Model">As sent; may be empty for a server that has only one.</param>
public sealed record TokenizeRequest(string Model, TokenizeInput Input, bool WithNames)
{
    /// <param name="utf8">The whole body.</param>
    public static ReadOutcome<TokenizeRequest> Read(ReadOnlyMemory<byte> utf8) => FieldReader.Read(utf8, fields =>
    {
        string? prompt = fields.Text("prompt");
        bool isChat = fields.Any("messages") is not null;
        if (prompt is null == !isChat)
            fields.Refuse("prompt", "Either 'prompt' (a string) or 'messages' must be set, and not both.");
        TokenizeInput input = isChat
            ? new TokenizeInput.Chat(ChatMessage.ReadAll(fields), ToolRequest.Read(fields), fields.Flag("add_generation_prompt", unless: true))
            : new TokenizeInput.Text(prompt ?? "", fields.Flag("add_special_tokens", unless: true));
        return new TokenizeRequest(fields.Text("model") ?? "", input, fields.Flag("return_token_strs"));
    });
}

public abstract record TokenizeInput
{
    /// <param name="AddSpecial">Adds what the model wants around a prompt, such as begin-of-sequence.</param>
    public sealed record Text(string Value, bool AddSpecial) : TokenizeInput;

    /// <param name="Tools">Null: none.</param>
    /// <param name="AddGenerationPrompt">Ends with the opening of the assistant's answer.</param>
    public sealed record Chat(IReadOnlyList<ChatMessage> Messages, ToolRequest? Tools, bool AddGenerationPrompt) : TokenizeInput;
}

/// <summary>The answer of /v1/tokenize.</summary>
/// <param name="MaxModelLen">Tokens that the model's context holds.</param>
/// <param name="TokenStrs">Each token as the vocabulary writes it, where that was asked for.</param>
public sealed record Tokenization(
    int Count,
    int MaxModelLen,
    IReadOnlyList<int> Tokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? TokenStrs = null);

/// <summary>POST /v1/detokenize.</summary>
/// <param name="Tokens">Any integers; the model's server knows which of them exist.</param>
public sealed record DetokenizeRequest(string Model, IReadOnlyList<int> Tokens)
{
    /// <param name="utf8">The whole body.</param>
    public static ReadOutcome<DetokenizeRequest> Read(ReadOnlyMemory<byte> utf8)
        => FieldReader.Read(utf8, fields => new DetokenizeRequest(fields.Text("model") ?? "", IdsOf(fields)));

    private static int[] IdsOf(FieldReader fields)
    {
        if (fields.Any("tokens") is { ValueKind: JsonValueKind.Array } array
            && array.EnumerateArray().All(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out _)))
            return [.. array.EnumerateArray().Select(id => id.GetInt32())];
        fields.Refuse("tokens", "'tokens' must be an array of token ids.");
        return [];
    }
}

/// <summary>The answer of /v1/detokenize.</summary>
public sealed record Detokenization(string Prompt);
