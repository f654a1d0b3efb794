using System.Security.Cryptography;
using System.Text.Json;
using Orrery.Engine;
using Orrery.Models.Tokenizers;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>/v1/chat/completions.</summary>
/// <param name="tools">Null: there can be no calls.</param>
internal sealed class ChatShape(ChatRequest request, ToolUse? tools, Tokenizer tokenizer, TimeProvider time) : AnswerShape("chatcmpl", request.Model, time)
{
    private const string Calls = "tool_calls";

    private readonly TokenTexts _tokens = new(tokenizer);
    private readonly ToolAnswer?[] _streams = new ToolAnswer?[request.Parameters.Choices];

    public override Choice NewChoice() => new(NewAnswer());

    public override byte[] Whole(IReadOnlyList<Choice> choices, Usage usage)
        => JsonSerializer.SerializeToUtf8Bytes(new ChatCompletion(Id, Created, Model, [.. choices.Select(Whole)], usage), WireJson.Wire.ChatCompletion);

    public override ValueTask OpenAsync(SseWriter events, int choice, CancellationToken ct)
    {
        _streams[choice] = NewAnswer();
        return WriteAsync(events, new ChatChunkChoice(new ChatDelta(Role: "assistant", Content: ""), null, choice), ct);
    }

    public override ValueTask PieceAsync(SseWriter events, int choice, TextPiece piece, CancellationToken ct)
    {
        var read = _streams[choice]?.Read(piece) ?? new AnswerDelta(piece.Text, []);
        if (read is { Text.Length: 0, Calls.Count: 0 } && !HasMore(piece))
            return ValueTask.CompletedTask;
        var delta = new ChatDelta(
            Content: read.Text.Length == 0 ? null : read.Text,
            ToolCalls: read.Calls.Count == 0 ? null : [.. read.Calls.Select(Part)]);
        var likely = piece.LogProb is null ? null : new ChatLogProbs([_tokens.ForChat(piece)]);
        return WriteAsync(events, new ChatChunkChoice(delta, Word(piece.Finish, _streams[choice]?.HasWholeCalls ?? false), choice, likely), ct);
    }

    public override ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct)
        => events.WriteAsync(new ChatChunk(Id, Created, Model, [], usage), WireJson.Wire.ChatChunk, ct);

    private ChatChoice Whole(Choice choice, int index)
    {
        var likely = request.Parameters.TopLogProbs is null ? null : new ChatLogProbs([.. choice.Likely.Select(_tokens.ForChat)]);
        var calls = choice.Calls;
        var message = calls.Count == 0
            ? new ChatMessage("assistant", choice.Text)
            : new ChatMessage("assistant", choice.Text.Length == 0 ? null : choice.Text) { ToolCalls = [.. calls.Select(call => new ToolCall(NewId(), call))] };
        return new ChatChoice(message, Word(choice.Finish, choice.HasWholeCalls), index, likely);
    }

    /// <summary>Whole calls are what the client goes on with, also where the tokens were used up behind them.</summary>
    private static string? Word(FinishReason? finish, bool hasWholeCalls) => finish is not null && hasWholeCalls ? Calls : Word(finish);

    private static ToolCallDelta Part(CallDelta call) => call.Name is { } name
        ? new ToolCallDelta(call.Index, NewId(), "function", new FunctionDelta(name, call.Arguments))
        : new ToolCallDelta(call.Index, null, null, new FunctionDelta(null, call.Arguments));

    private static string NewId() => "call_" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24);

    private ToolAnswer? NewAnswer() => tools is null ? null : new ToolAnswer(tools, tokenizer);

    private ValueTask WriteAsync(SseWriter events, ChatChunkChoice choice, CancellationToken ct)
        => events.WriteAsync(new ChatChunk(Id, Created, Model, [choice]), WireJson.Wire.ChatChunk, ct);
}
