using System.Text.Json;
using Orrery.Engine;
using Orrery.Models.Tokenizers;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>/v1/completions.</summary>
internal sealed class CompletionShape(CompletionRequest request, Tokenizer tokenizer, TimeProvider time) : AnswerShape("cmpl", request.Model, time)
{
    private readonly TokenTexts _tokens = new(tokenizer);
    private readonly TextOffset[] _offsets = [.. Enumerable.Range(0, request.Parameters.Choices).Select(_ => new TextOffset(tokenizer))];
    private readonly string _echo = request.Echo ? Prompts.TextOf(request.Prompt, tokenizer) : "";

    public override byte[] Whole(IReadOnlyList<Choice> choices, Usage usage) => JsonSerializer.SerializeToUtf8Bytes(
        Of([.. choices.Select((choice, index) => new CompletionChoice(_echo + choice.Text, Word(choice.Finish), index, Likely(index, choice.Likely)))], usage),
        WireJson.Wire.Completion);

    public override ValueTask OpenAsync(SseWriter events, int choice, CancellationToken ct)
        => _echo.Length == 0 ? ValueTask.CompletedTask : events.WriteAsync(Of([new CompletionChoice(_echo, null, choice)]), WireJson.Wire.Completion, ct);

    public override ValueTask PieceAsync(SseWriter events, int choice, TextPiece piece, CancellationToken ct)
    {
        if (piece.Text.Length == 0 && !HasMore(piece))
            return ValueTask.CompletedTask;
        var likely = piece.LogProb is null ? null : Likely(choice, [piece]);
        return events.WriteAsync(Of([new CompletionChoice(piece.Text, Word(piece.Finish), choice, likely)]), WireJson.Wire.Completion, ct);
    }

    public override ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct)
        => events.WriteAsync(Of([], usage), WireJson.Wire.Completion, ct);

    /// <param name="pieces">The choice's next ones.</param>
    private CompletionLogProbs? Likely(int choice, IReadOnlyList<TextPiece> pieces)
        => request.Parameters.TopLogProbs is { } top
            ? _tokens.ForCompletion(pieces, [.. pieces.Select(piece => _offsets[choice].Of(piece.Token!.Value))], withTop: top > 0)
            : null;

    private Completion Of(IReadOnlyList<CompletionChoice> choices, Usage? usage = null) => new(Id, Created, Model, choices, usage);
}
