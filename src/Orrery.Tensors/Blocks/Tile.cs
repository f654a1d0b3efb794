using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>What tiles of W have in common, which are unpacked once and multiplied by many rows of x.</summary>
internal static unsafe class Tile
{
    /// <summary>Fewer are multiplied one by one: unpacking takes about as long as two of them.</summary>
    public const int LeastRowsOfX = 4;

    /// <summary>Rows of W in one: two vectors of 16 numbers.</summary>
    public const int Rows = 32;

    /// <summary>Rows of x that meet a vector of weights while it is in a register.</summary>
    public const int RowsOfX = 4;

    [ThreadStatic]
    private static byte[]? _memory;

    /// <summary>So many bytes of this thread's own, aligned to 64; what was there before is lost.</summary>
    public static byte* Memory(long bytes)
    {
        if (_memory is null || _memory.Length < bytes + 64)
            _memory = GC.AllocateUninitializedArray<byte>(checked((int)(bytes + 64)), pinned: true);
        fixed (byte* first = _memory)                                   // pinned for good
            return (byte*)(((nint)first + 63) & ~(nint)63);
    }

    /// <summary>
    /// 32 codes each of eight rows of W, turned: place g of eight gets codes 4 g to 4 g + 3 of every row. Codes of two planes are parted into
    /// four low bits and, so many bytes further on, four high ones.
    /// </summary>
    /// <param name="apart">Bytes from one place to the next.</param>
    /// <param name="plane">Bytes from one plane to the next; 0: there is one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(Vector256<int>* rows, byte* to, int apart, int plane)
    {
        var (a0, a1) = (Avx2.UnpackLow(rows[0], rows[1]).AsInt64(), Avx2.UnpackHigh(rows[0], rows[1]).AsInt64());
        var (b0, b1) = (Avx2.UnpackLow(rows[2], rows[3]).AsInt64(), Avx2.UnpackHigh(rows[2], rows[3]).AsInt64());
        var (c0, c1) = (Avx2.UnpackLow(rows[4], rows[5]).AsInt64(), Avx2.UnpackHigh(rows[4], rows[5]).AsInt64());
        var (d0, d1) = (Avx2.UnpackLow(rows[6], rows[7]).AsInt64(), Avx2.UnpackHigh(rows[6], rows[7]).AsInt64());
        Put(Avx2.UnpackLow(a0, b0), Avx2.UnpackLow(c0, d0), to, 4 * apart, plane);
        Put(Avx2.UnpackHigh(a0, b0), Avx2.UnpackHigh(c0, d0), to + apart, 4 * apart, plane);
        Put(Avx2.UnpackLow(a1, b1), Avx2.UnpackLow(c1, d1), to + (2 * apart), 4 * apart, plane);
        Put(Avx2.UnpackHigh(a1, b1), Avx2.UnpackHigh(c1, d1), to + (3 * apart), 4 * apart, plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<long> upper, Vector256<long> lower, byte* to, int apart, int plane)
    {
        Put(Avx2.Permute2x128(upper, lower, 0x20).AsByte(), to, plane);
        Put(Avx2.Permute2x128(upper, lower, 0x31).AsByte(), to + apart, plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<byte> codes, byte* to, int plane)
    {
        if (plane == 0)
        {
            codes.Store(to);
            return;
        }
        (codes & Vector256.Create((byte)0x0F)).Store(to);
        ((codes.AsUInt16() >>> 4).AsByte() & Vector256.Create((byte)0x0F)).Store(to + plane);
    }

    /// <summary>The first so many of 16 sums go to y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> sums, float* y, int count)
    {
        if (count >= 16)
        {
            sums.Store(y);
            return;
        }
        var all = stackalloc float[16];
        sums.Store(all);
        for (int i = 0; i < count; i++)
            y[i] = all[i];
    }
}
