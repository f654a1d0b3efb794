using System.Collections.Immutable;

namespace Orrery.Engine.Decoder.Positions;

/// <summary>Rotary position embedding (arXiv 2104.09864).</summary>
/// <param name="Dims">Leading dimensions of each head that carry the position. Even.</param>
/// <param name="Base">Wave lengths go from 2π up to nearly 2π times this.</param>
internal sealed record RopeConfig(int Dims, float Base, RopeScaling? Scaling = null)
{
    /// <summary>The context that a model has when its file says so many tokens. Two kinds of files often say what it had before it was stretched.</summary>
    public int Stretched(int tokens) => Scaling switch
    {
        RopeScaling.Dynamic(var factor, var original) => Math.Max(tokens, Times(original, factor)),
        RopeScaling.Yarn yarn => Math.Max(tokens, Times(yarn.OriginalTokens, yarn.Factor)),
        _ => tokens,
    };

    private static int Times(int tokens, float factor) => (int)Math.Min((double)tokens * factor, int.MaxValue);
}

/// <summary>How a model was stretched to a longer context. One of the nested cases.</summary>
internal abstract record RopeScaling
{
    /// <summary>All positions are divided (arXiv 2306.15595).</summary>
    public sealed record Linear(float Factor) : RopeScaling;

    /// <summary>Beyond the original context the base grows with the position; below it nothing changes.</summary>
    public sealed record Dynamic(float Factor, int OriginalTokens) : RopeScaling;

    /// <summary>Long waves are divided, short ones stay, those between are mixed (arXiv 2309.00071).</summary>
    /// <param name="Magnitude">Times queries and keys. Null: 0.1 ln(factor) + 1.</param>
    /// <param name="Truncate">The borders between long and short are rounded to whole dimensions.</param>
    public sealed record Yarn(float Factor, int OriginalTokens, float? Magnitude = null, float BetaFast = 32, float BetaSlow = 1, bool Truncate = true) : RopeScaling;

    /// <summary>The same idea with borders given as shares of the original context: llama 3.1.</summary>
    public sealed record Llama3(float Factor, float LowFactor, float HighFactor, int OriginalTokens) : RopeScaling;

    /// <summary>Every frequency has its own divisor, as found by search (arXiv 2402.13753): one list within the original context and one beyond.</summary>
    /// <param name="Magnitude">Times queries and keys. Null: sqrt(1 + ln(factor) / ln(original)).</param>
    public sealed record Long(ImmutableArray<float> Short, ImmutableArray<float> Beyond, int OriginalTokens, float Factor, float? Magnitude = null) : RopeScaling;

    /// <summary>Every frequency has its own divisor, kept in the file: how GGUF keeps llama 3's.</summary>
    public sealed record Divided(ImmutableArray<float> Divisors) : RopeScaling;
}
