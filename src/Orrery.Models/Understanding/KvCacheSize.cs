namespace Orrery.Models.Understanding;

/// <summary>
/// What one sequence keeps in memory, with values of 16 bits. Layers that see everything keep each token, layers with a window as many as
/// it holds, and recurrent layers a state that does not grow.
/// </summary>
/// <param name="BytesPerToken">Of all layers together.</param>
public sealed record KvCacheSize(long BytesPerToken)
{
    /// <summary>What of <see cref="BytesPerToken"/> is in layers with a window.</summary>
    public long WindowedBytesPerToken { get; init; }

    /// <summary>Tokens of the window. 0: there is none.</summary>
    public int WindowTokens { get; init; }

    /// <summary>Of recurrent layers, whatever the length. Those of 32 bits are counted as such.</summary>
    public long StateBytes { get; init; }

    /// <summary>Of a sequence of so many tokens.</summary>
    public long BytesFor(long tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        return ((BytesPerToken - WindowedBytesPerToken) * tokens) + (WindowedBytesPerToken * Math.Min(tokens, WindowTokens)) + StateBytes;
    }
}
