using System.Text.Json.Serialization;

namespace Orrery.Wire.KvEvents;

/// <summary>
/// What a replica tells those who route to it about its prefix cache and its load: one of the nested cases, which docs/kv-events.md describes.
/// Blocks are hashes in 32 hexadecimal digits.
/// </summary>
/// <param name="Sequence">Number of the last change that this event, with those before it, takes into account.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Reset), "reset")]
[JsonDerivedType(typeof(Snapshot), "snapshot")]
[JsonDerivedType(typeof(Stored), "stored")]
[JsonDerivedType(typeof(Removed), "removed")]
[JsonDerivedType(typeof(Load), "load")]
public abstract record KvEvent(long Sequence)
{
    /// <summary>Forget all blocks; a snapshot follows.</summary>
    /// <param name="Reason"><see cref="Start"/> or <see cref="Behind"/>.</param>
    /// <param name="PageTokens">Tokens of one block.</param>
    public sealed record Reset(long Sequence, string Reason, int PageTokens) : KvEvent(Sequence)
    {
        /// <summary>The stream begins.</summary>
        public const string Start = "start";

        /// <summary>The listener was so slow that changes are no longer known.</summary>
        public const string Behind = "behind";
    }

    /// <summary>Some of the blocks that were there at the reset.</summary>
    /// <param name="Remaining">Blocks that still follow; 0: the snapshot is complete.</param>
    public sealed record Snapshot(long Sequence, IReadOnlyList<string> Blocks, int Remaining) : KvEvent(Sequence);

    /// <summary>Blocks that came.</summary>
    public sealed record Stored(long Sequence, IReadOnlyList<string> Blocks) : KvEvent(Sequence);

    /// <summary>Blocks that went.</summary>
    public sealed record Removed(long Sequence, IReadOnlyList<string> Blocks) : KvEvent(Sequence);

    /// <summary>How busy the replica is.</summary>
    /// <param name="Running">Requests that are computed.</param>
    /// <param name="Waiting">Requests that wait for a place among them.</param>
    /// <param name="KvPagesUsed">Of the cache, by running requests; blocks that are only kept are not counted.</param>
    public sealed record Load(long Sequence, int Running, int Waiting, int KvPagesUsed, int KvPages) : KvEvent(Sequence);
}
