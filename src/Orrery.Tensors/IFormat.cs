namespace Orrery.Tensors;

/// <summary>
/// One way to store weights. Static, so that each format gets its own machine code in <see cref="FormatKernel{TFormat,TBlock,TActivation}"/>.
/// </summary>
/// <typeparam name="TBlock">The bytes of the file: as many weights as <typeparamref name="TActivation"/> holds activations.</typeparam>
/// <typeparam name="TActivation">What activations are rounded to before they meet the weights.</typeparam>
internal interface IFormat<TBlock, TActivation>
    where TBlock : unmanaged
    where TActivation : unmanaged, IActivation<TActivation>
{
    /// <summary>The sum of products of as many blocks on both sides. Always the same for the same input.</summary>
    static abstract float Dot(ReadOnlySpan<TBlock> w, ReadOnlySpan<TActivation> x);

    static abstract void Widen(ReadOnlySpan<TBlock> from, Span<float> to);

    static abstract void Quantize(ReadOnlySpan<float> from, Span<TBlock> to);
}

/// <summary>One activation or a block of them, rounded.</summary>
internal interface IActivation<TSelf>
    where TSelf : unmanaged, IActivation<TSelf>
{
    static abstract int Width { get; }

    /// <summary>Rounds x [Width * blocks].</summary>
    static abstract void Round(ReadOnlySpan<float> x, Span<TSelf> to);

    /// <summary>The values that were rounded to.</summary>
    static abstract void Widen(ReadOnlySpan<TSelf> from, Span<float> to);
}
