namespace Orrery.Engine.Embeddings;

/// <summary>Makes one vector of the hidden states of one text after another. Sums are in double precision, in the order of positions.</summary>
internal sealed class Pool(Pooling pooling, int dim)
{
    private readonly double[] _sum = new double[dim];

    /// <summary>Whether the hidden state at this position enters.</summary>
    public bool Wants(int position, int length) => pooling switch
    {
        Pooling.Mean => true,
        Pooling.Cls => position == 0,
        _ => position == length - 1,
    };

    /// <param name="hidden">[dim].</param>
    public void Add(ReadOnlySpan<float> hidden)
    {
        for (int i = 0; i < hidden.Length; i++)
            _sum[i] += hidden[i];
    }

    /// <summary>The vector, divided by its Euclidean norm: that of the mean is that of the sum. Of zeros: zeros.</summary>
    /// <exception cref="InvalidOperationException">It holds no finite numbers: the weights are damaged.</exception>
    public float[] Finish()
    {
        double squares = 0;
        foreach (double value in _sum)
            squares += value * value;
        if (!double.IsFinite(squares))
            throw new InvalidOperationException("The model's weights gave an embedding that is not finite.");
        double scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
        float[] embedding = [.. _sum.Select(value => (float)(value * scale))];
        Array.Clear(_sum);
        return embedding;
    }

    /// <summary>Forgets what was added.</summary>
    public void Clear() => Array.Clear(_sum);
}
