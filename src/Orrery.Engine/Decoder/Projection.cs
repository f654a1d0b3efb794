using Orrery.Engine.Decoder.Adapters;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>A linear map with what may stand beside its weights: y = scale * W x + bias.</summary>
/// <param name="Weight">[rows, cols].</param>
/// <param name="Bias">[rows], or null.</param>
internal sealed record Projection(Matrix Weight, float[]? Bias = null, float Scale = 1)
{
    /// <summary>What adapters add, by their number; null where they leave it as it is. Set once, before the first pass.</summary>
    public LowRank?[]? Adapters { get; set; }

    public int Rows => Weight.Rows;

    public int Cols => Weight.Cols;

    /// <summary>x [n, cols], y [n, rows] overwritten.</summary>
    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        Weight.Multiply(x, y);
        if (Scale != 1)
            Elementwise.Scale(y, Scale);
        for (int at = 0; Bias is not null && at < y.Length; at += Bias.Length)
            Elementwise.Add(y.Slice(at, Bias.Length), Bias);
    }

    /// <summary>The same, and what the rows' adapters add.</summary>
    public void Apply(ReadOnlySpan<float> x, Span<float> y, RowAdapters rows)
    {
        Apply(x, y);
        if (Adapters is not null)
            rows.Add(Adapters, x, y);
    }

    /// <summary>Some of its rows, as a map of its own.</summary>
    public Projection Rowset(int first, int count) => new(Weight.RowRange(first, count), Bias?.AsSpan(first, count).ToArray(), Scale);
}
