using System.Text.Json;
using Orrery.Engine;
using Orrery.Models.Tokenizers;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>/v1/chat/completions.</summary>
internal sealed class ChatShape(ChatRequest request, Tokenizer tokenizer, TimeProvider time) : AnswerShape("chatcmpl", request.Model, time)
{
    private readonly TokenTexts _tokens = new(tokenizer);

    public override byte[] Whole(IReadOnlyList<Choice> choices, Usage usage)
        => JsonSerializer.SerializeToUtf8Bytes(new ChatCompletion(Id, Created, Model, [.. choices.Select(Whole)], usage), WireJson.Wire.ChatCompletion);

    public override ValueTask OpenAsync(SseWriter events, int choice, CancellationToken ct)
        => WriteAsync(events, new ChatChunkChoice(new ChatDelta(Role: "assistant", Content: ""), null, choice), ct);

    public override ValueTask PieceAsync(SseWriter events, int choice, TextPiece piece, CancellationToken ct)
    {
        var delta = new ChatDelta(Content: piece.Text.Length == 0 ? null : piece.Text);
        var likely = piece.LogProb is null ? null : new ChatLogProbs([_tokens.ForChat(piece)]);
        return WriteAsync(events, new ChatChunkChoice(delta, Word(piece.Finish), choice, likely), ct);
    }

    public override ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct)
        => events.WriteAsync(new ChatChunk(Id, Created, Model, [], usage), WireJson.Wire.ChatChunk, ct);

    private ChatChoice Whole(Choice choice, int index)
    {
        var likely = request.Parameters.TopLogProbs is null ? null : new ChatLogProbs([.. choice.Likely.Select(_tokens.ForChat)]);
        return new ChatChoice(new ChatMessage("assistant", choice.Text), Word(choice.Finish), index, likely);
    }

    private ValueTask WriteAsync(SseWriter events, ChatChunkChoice choice, CancellationToken ct)
        => events.WriteAsync(new ChatChunk(Id, Created, Model, [choice]), WireJson.Wire.ChatChunk, ct);
}
