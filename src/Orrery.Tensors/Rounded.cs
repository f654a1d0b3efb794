namespace Orrery.Tensors;

/// <summary>Rows of activations x [n, cols] as given, and rounded for weights of one type, in memory of a <see cref="RoundedMemory"/>. Good until that is used again.</summary>
public readonly unsafe ref struct Rounded
{
    internal Rounded(ReadOnlySpan<float> x, int cols, Type activation, byte* first, byte[] memory)
    {
        Memory = memory;
        X = x;
        Cols = cols;
        Activation = activation;
        First = first;
    }

    /// <summary>As they were given.</summary>
    public ReadOnlySpan<float> X { get; }

    public int Cols { get; }

    public int Rows => X.Length / Cols;

    internal Type Activation { get; }

    internal byte* First { get; }

    /// <summary>Around <see cref="First"/>.</summary>
    internal byte[] Memory { get; }
}

/// <summary>Memory for rounded activations, which grows to what is needed and stays. For one thread at a time.</summary>
public sealed unsafe class RoundedMemory
{
    [ThreadStatic]
    private static RoundedMemory? _own;

    private byte[] _bytes = [];

    /// <summary>The calling thread's own.</summary>
    internal static RoundedMemory Own => _own ??= new RoundedMemory();

    /// <summary>Rounds x [n, cols] as products with weights of this type want it. Several matrices may be multiplied by the result.</summary>
    /// <exception cref="ArgumentException">There are no whole rows, or no kernels for the type.</exception>
    public Rounded Round(ReadOnlySpan<float> x, int cols, DType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (cols < 1 || x.Length < cols || x.Length % cols != 0 || type.Kernel is not { } kernel)
            throw new ArgumentException($"{x.Length} elements are no rows of {cols} for weights of {type}.", nameof(x));
        byte* first = Reserve(kernel.RoundedBytes(cols) * (x.Length / cols));
        kernel.Round(x, cols, first);
        return new Rounded(x, cols, kernel.Activation, first, _bytes);
    }

    // Aligned to a cache line: vectors across two of them take twice as long to load.
    private byte* Reserve(long bytes)
    {
        if (_bytes.Length < bytes + 64)
            _bytes = GC.AllocateUninitializedArray<byte>(checked((int)(bytes + 64)), pinned: true);
        fixed (byte* first = _bytes)                                    // pinned for good
            return (byte*)(((nint)first + 63) & ~(nint)63);
    }
}
