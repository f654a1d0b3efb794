using System.Text.Json;
using Orrery.Engine;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>/v1/completions.</summary>
internal sealed class CompletionShape(string model, TimeProvider time) : AnswerShape("cmpl", model, time)
{
    public override byte[] Whole(string text, FinishReason finish, Usage usage)
        => JsonSerializer.SerializeToUtf8Bytes(Of([new CompletionChoice(text, Word(finish))], usage), WireJson.Wire.Completion);

    public override ValueTask OpenAsync(SseWriter events, CancellationToken ct) => ValueTask.CompletedTask;

    public override ValueTask PieceAsync(SseWriter events, string text, FinishReason? finish, CancellationToken ct)
        => events.WriteAsync(Of([new CompletionChoice(text, Word(finish))]), WireJson.Wire.Completion, ct);

    public override ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct)
        => events.WriteAsync(Of([], usage), WireJson.Wire.Completion, ct);

    private Completion Of(IReadOnlyList<CompletionChoice> choices, Usage? usage = null) => new(Id, Created, Model, choices, usage);
}
