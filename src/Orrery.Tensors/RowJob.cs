namespace Orrery.Tensors;

/// <summary>A product whose rows of W are parted among workers. A part is a multiple of 32 rows; where it begins does not change what comes out.</summary>
/// <param name="memory">What <paramref name="x"/> points into: it stays as long as anybody works on this.</param>
internal unsafe struct RowJob(Kernel kernel, byte* weights, int rows, int cols, byte* x, byte[] memory, int n, float* y) : IRepeatableJob
{
    private const int Step = 32;

    /// <summary>
    /// Bytes of weights that one row of x is multiplied by in some 5 µs: a smaller part costs more to hand out than it saves. Every further
    /// row of x counts as half as much again.
    /// </summary>
    private const long LeastBytes = 64 * 1024;

    private int _rowsEach;

    public readonly int ResultBytes => checked(_rowsEach * n * sizeof(float));

    /// <summary>1: the calling thread does it alone.</summary>
    public int Chunks(long rowBytes, int workers)
    {
        double work = rows * (double)rowBytes * (1 + ((n - 1) / 2.0));
        _rowsEach = rows;
        if (workers == 1 || work < 2 * LeastBytes)
            return 1;

        // Several parts each, so that one who comes late or goes leaves little for the others.
        long most = Math.Min((long)(work / LeastBytes), 8L * workers);
        _rowsEach = (int)(((rows + most - 1) / most) + Step - 1) / Step * Step;
        return (rows + _rowsEach - 1) / _rowsEach;
    }

    public readonly void Run(int chunk) => Multiply(chunk, y + First(chunk), rows);

    public readonly void Run(int chunk, byte* results) => Multiply(chunk, (float*)results, Count(chunk));

    public readonly void HandOver(int chunk, byte* results)
    {
        int count = Count(chunk);
        for (int i = 0; i < n; i++)
            new ReadOnlySpan<float>((float*)results + ((long)i * count), count).CopyTo(new Span<float>(y + ((long)i * rows) + First(chunk), count));
    }

    private readonly int First(int chunk) => chunk * _rowsEach;

    private readonly int Count(int chunk) => Math.Min(_rowsEach, rows - First(chunk));

    private readonly void Multiply(int chunk, float* to, int stride)
    {
        byte* first = weights + ((long)First(chunk) * (cols / kernel.BlockWeights) * kernel.BlockBytes);
        kernel.Multiply(first, Count(chunk), cols, x, n, to, stride);
        GC.KeepAlive(memory);
    }
}
