using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orrery.Models.Tokenizers;
using Orrery.Replica.Answers;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Tokens;

/// <summary>What the model's tokenizer makes of a text or a conversation, and back: nothing is generated.</summary>
/// <param name="prompts">Null: the model holds no conversations.</param>
internal sealed class TokenAnswers(Tokenizer tokenizer, int contextTokens, ChatPrompts? prompts)
{
    public Task TokenizeAsync(HttpContext http, ReadOnlyMemory<byte> body) => TokenizeRequest.Read(body) switch
    {
        ReadOutcome<TokenizeRequest>.Ok { Request: { Input: TokenizeInput.Text text } request }
            => WriteAsync(http, tokenizer.Encode(text.Value, text.AddSpecial), request.WithNames),
        ReadOutcome<TokenizeRequest>.Ok { Request: { Input: TokenizeInput.Chat } } when prompts is null
            => Refusal.WriteAsync(http, OpenAIError.Invalid("messages", "This model makes embeddings and holds no conversations; send 'prompt'.")),
        ReadOutcome<TokenizeRequest>.Ok { Request: { Input: TokenizeInput.Chat chat } request }
            => prompts!.Of(chat.Messages, chat.Tools, chat.AddGenerationPrompt) switch
            {
                ChatPrompt.Tokens tokens => WriteAsync(http, tokens.Ids, request.WithNames),
                ChatPrompt.Refused refused => Refusal.WriteAsync(http, refused.Error),
                var other => throw new InvalidOperationException($"A conversation gave {other.GetType().Name}."),
            },
        ReadOutcome<TokenizeRequest>.Refused refused => Refusal.WriteAsync(http, refused.Error),
        var other => throw new InvalidOperationException($"A request was read as {other.GetType().Name}."),
    };

    public Task DetokenizeAsync(HttpContext http, ReadOnlyMemory<byte> body) => DetokenizeRequest.Read(body) switch
    {
        ReadOutcome<DetokenizeRequest>.Ok { Request: var request } when Prompts.UnknownId(request.Tokens, "tokens", tokenizer) is { } problem
            => Refusal.WriteAsync(http, problem),
        ReadOutcome<DetokenizeRequest>.Ok { Request: var request }
            => WriteAsync(http, new Detokenization(tokenizer.Decode(request.Tokens, showSpecial: true)), WireJson.Wire.Detokenization),
        ReadOutcome<DetokenizeRequest>.Refused refused => Refusal.WriteAsync(http, refused.Error),
        var other => throw new InvalidOperationException($"A request was read as {other.GetType().Name}."),
    };

    private Task WriteAsync(HttpContext http, IReadOnlyList<int> tokens, bool withNames) => WriteAsync(
        http,
        new Tokenization(tokens.Count, contextTokens, tokens, withNames ? [.. tokens.Select(tokenizer.NameOf)] : null),
        WireJson.Wire.Tokenization);

    private static Task WriteAsync<T>(HttpContext http, T answer, JsonTypeInfo<T> type) => http.Response.WriteAsJsonAsync(answer, type);
}
