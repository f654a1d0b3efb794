namespace Orrery.Tensors;

/// <summary>A product whose rows of W are parted among workers. A part is a multiple of 32 rows; where it begins does not change what comes out.</summary>
internal unsafe struct RowJob(Kernel kernel, byte* weights, int rows, int cols, byte* x, int n, float* y) : IJob
{
    private const int Step = 32;

    /// <summary>
    /// Bytes of weights that one row of x is multiplied by in some 5 µs: a smaller part costs more to hand out than it saves. Every further
    /// row of x counts as half as much again.
    /// </summary>
    private const long LeastBytes = 64 * 1024;

    private int _rowsEach;

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

    public readonly void Run(int chunk)
    {
        int first = chunk * _rowsEach, count = Math.Min(_rowsEach, rows - first);
        kernel.Multiply(weights + ((long)first * (cols / kernel.BlockWeights) * kernel.BlockBytes), count, cols, x, n, y + first, rows);
    }
}
