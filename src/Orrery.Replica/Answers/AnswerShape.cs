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

    /// <summary>To put the pieces of a choice into, for <see cref="Whole"/>.</summary>
    public virtual Choice NewChoice() => new();

    /// <param name="choices">In order, each from <see cref="NewChoice"/>.</param>
    public abstract byte[] Whole(IReadOnlyList<Choice> choices, Usage usage);

    /// <summary>Before the first piece of a choice.</summary>
    public abstract ValueTask OpenAsync(SseWriter events, int choice, CancellationToken ct);

    /// <summary>The pieces of a choice come in order, those of several choices in any. One that says nothing yet is no event.</summary>
    public abstract ValueTask PieceAsync(SseWriter events, int choice, TextPiece piece, CancellationToken ct);

    public abstract ValueTask UsageAsync(SseWriter events, Usage usage, CancellationToken ct);

    /// <summary>A client learns something from it whatever its text is.</summary>
    protected static bool HasMore(TextPiece piece) => piece.Finish is not null || piece.LogProb is not null;

    protected static string? Word(FinishReason? finish) => finish switch
    {
        null => null,
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => throw new ArgumentOutOfRangeException(nameof(finish)),
    };
}
