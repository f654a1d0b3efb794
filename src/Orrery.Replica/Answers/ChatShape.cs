using System.Text.Json;
using Orrery.Engine;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>/v1/chat/completions.</summary>
internal sealed class ChatShape(string model, TimeProvider time) : AnswerShape("chatcmpl", model, time)
{
    public override byte[] Whole(string text, FinishReason finish, Usage usage)
        => JsonSerializer.SerializeToUtf8Bytes(
            new ChatCompletion(Id, Created, Model, [new ChatChoice(new ChatMessage("assistant", text), Word(finish))], usage),
            WireJson.Wire.ChatCompletion);

    public override ValueTask OpenAsync(SseWriter events, CancellationToken ct)
        => WriteAsync(events, new ChatDelta(Role: "assistant", Content: ""), null, ct);

    public override ValueTask PieceAsync(SseWriter events, string text, FinishReason? finish, CancellationToken ct)
        => WriteAsync(events, new ChatDelta(Content: text.Length == 0 ? null : text), finish, ct);

    public override ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct)
        => events.WriteAsync(new ChatChunk(Id, Created, Model, [], usage), WireJson.Wire.ChatChunk, ct);

    private ValueTask WriteAsync(SseWriter events, ChatDelta delta, FinishReason? finish, CancellationToken ct)
        => events.WriteAsync(new ChatChunk(Id, Created, Model, [new ChatChunkChoice(delta, Word(finish))]), WireJson.Wire.ChatChunk, ct);
}
