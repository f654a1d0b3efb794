using Orrery.Engine;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>How one kind of answer looks, whole and in pieces; id, time and model are the same in every piece.</summary>
internal abstract class AnswerShape(string idPrefix, string model, TimeProvider time)
{
    protected string Id { get; } = $"{idPrefix}-{Guid.NewGuid():N}";

    protected long Created { get; } = time.GetUtcNow().ToUnixTimeSeconds();

    protected string Model { get; } = model;

    public abstract byte[] Whole(string text, FinishReason finish, Usage usage);

    /// <summary>Before the first piece.</summary>
    public abstract ValueTask OpenAsync(SseWriter events, CancellationToken ct);

    public abstract ValueTask PieceAsync(SseWriter events, string text, FinishReason? finish, CancellationToken ct);

    public abstract ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct);

    protected static string? Word(FinishReason? finish) => finish switch
    {
        null => null,
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => throw new ArgumentOutOfRangeException(nameof(finish)),
    };
}
