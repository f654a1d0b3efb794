namespace Orrery.Tensors;

/// <summary>
/// One way to store weights. Static, so that each format gets its own machine code in <see cref="FormatKernel{TFormat,TBlock,TActivation}"/>.
/// </summary>
/// <typeparam name="TBlock">The bytes of the file.</typeparam>
/// <typeparam name="TActivation">What activations are rounded to before they meet the weights.</typeparam>
internal unsafe interface IFormat<TBlock, TActivation>
    where TBlock : unmanaged
    where TActivation : unmanaged, IActivation<TActivation>
{
    /// <summary>As <see cref="Kernel.Multiply"/>.</summary>
    static abstract void Multiply(in Product<TBlock, TActivation> product);

    static abstract void Widen(ReadOnlySpan<TBlock> from, Span<float> to);

    static abstract void Quantize(ReadOnlySpan<float> from, Span<TBlock> to);
}

/// <summary>A group of activations, rounded.</summary>
internal interface IActivation<TSelf>
    where TSelf : unmanaged, IActivation<TSelf>
{
    /// <summary>Activations in one; the last of a row may have fewer, and zeros in place of the others.</summary>
    static abstract int Width { get; }

    /// <summary>Groups at the end of a row beside those of activations, for whatever use.</summary>
    static virtual int Padding => 0;

    /// <summary>Rounds one row.</summary>
    static abstract void Round(ReadOnlySpan<float> x, Span<TSelf> to);

    /// <summary>The values that were rounded to.</summary>
    static abstract void Widen(ReadOnlySpan<TSelf> from, Span<float> to);
}

/// <summary>W [Rows, RowBlocks] times x [N, RowActivations] into y [N, Stride]. Memory that the caller has checked.</summary>
internal readonly unsafe struct Product<TBlock, TActivation>(byte* weights, int rows, int rowBlocks, byte* x, int rowActivations, int n, float* y, int stride)
    where TBlock : unmanaged
    where TActivation : unmanaged
{
    public readonly int Rows = rows, RowBlocks = rowBlocks, RowActivations = rowActivations, N = n, Stride = stride;

    private readonly TBlock* _weights = (TBlock*)weights;
    private readonly TActivation* _x = (TActivation*)x;
    private readonly float* _y = y;

    /// <summary>First block of a row.</summary>
    public TBlock* W(int row) => _weights + ((long)row * RowBlocks);

    /// <summary>First group of a row of x.</summary>
    public TActivation* X(int i) => _x + ((long)i * RowActivations);

    /// <summary>Where the product of row i of x and a row of W goes.</summary>
    public float* Y(int i, int row) => _y + ((long)i * Stride) + row;
}
