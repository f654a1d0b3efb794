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
        Finish(y);
    }

    /// <summary>The same by several threads, and what the rows' adapters add.</summary>
    public void Apply(ReadOnlySpan<float> x, Span<float> y, RowAdapters rows, Workers workers) => Apply(Round(x, workers), y, rows, workers);

    /// <summary>The same with x rounded already, by <see cref="Round"/> of this or of another map.</summary>
    public void Apply(Rounded x, Span<float> y, RowAdapters rows, Workers workers)
    {
        Weight.Multiply(x, y, workers);
        Finish(y);
        if (Adapters is not null)
            rows.Add(Adapters, x.X, y);
    }

    /// <summary>x [n, cols] for this map, and for others that share it. Good until the next is rounded.</summary>
    public Rounded Round(ReadOnlySpan<float> x, Workers workers) => workers.Memory.Round(x, Cols, Weight.DType);

    /// <summary>Some of its rows, as a map of its own.</summary>
    public Projection Rowset(int first, int count) => new(Weight.RowRange(first, count), Bias?.AsSpan(first, count).ToArray(), Scale);

    private void Finish(Span<float> y)
    {
        if (Scale != 1)
            Elementwise.Scale(y, Scale);
        for (int at = 0; Bias is not null && at < y.Length; at += Bias.Length)
            Elementwise.Add(y.Slice(at, Bias.Length), Bias);
    }
}
