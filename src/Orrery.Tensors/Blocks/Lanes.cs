using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>What is done to vectors in several places.</summary>
internal static class Lanes
{
    /// <summary>To the nearest whole number, halves to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Round(Vector256<float> x) => Vector256.ConvertToInt32Native(Vector256.Round(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector256<float> x)
    {
        var four = Vector128.Max(x.GetLower(), x.GetUpper());
        var two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(two[0], two[1]);
    }

    /// <summary>32 numbers of 4 bits: the low halves of 16 bytes, then the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Nibbles(in byte first)
    {
        // Safety: callers pass the first of 16 bytes or more. Whole 16 bits are shifted: what comes over from the next byte is masked.
        var bytes = Vector128.LoadUnsafe(in first);
        return Vector256.Create(bytes, (bytes.AsUInt16() >>> 4).AsByte()) & Vector256.Create((byte)0x0F);
    }

    /// <summary>16 bytes each from four places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<byte> Four(byte* a, byte* b, byte* c, byte* d)
        => Vector128.Load(a).ToVector256Unsafe().WithUpper(Vector128.Load(b)).ToVector512Unsafe()
            .WithUpper(Vector128.Load(c).ToVector256Unsafe().WithUpper(Vector128.Load(d)));

    /// <summary>A number each from four places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<uint> Four(uint* a, uint* b, uint* c, uint* d) => Vector128.Create(*a, *b, *c, *d);

    /// <summary>32 bytes, twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<uint> Twice(byte* first)
    {
        // Not Avx512F.BroadcastVector256ToVector512: .NET 10 encodes its addresses wrongly, as if all 64 bytes were read.
        return Both(Vector256.Load((uint*)first), Vector256.Load((uint*)first));
    }

    /// <summary>Vector512.Create(lower, upper), for which .NET 10 takes a way over memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Both<T>(Vector256<T> lower, Vector256<T> upper) => lower.ToVector512Unsafe().WithUpper(upper);

    /// <summary>Bits 0 and 1 of 64 bytes, 2 and 3, 4 and 5, and 6 and 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) TwoBits(Vector512<byte> bytes)
    {
        var (words, three) = (bytes.AsUInt16(), Vector512.Create((byte)3));
        return (bytes & three, (words >>> 2).AsByte() & three, (words >>> 4).AsByte() & three, (words >>> 6).AsByte() & three);
    }

    /// <summary>Codes with further bits: those that the mask has after 32 bytes were shifted so far to the left, and the same 32 so far for the other half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> With(Vector512<byte> codes, Vector512<uint> bits, int first, int second, byte mask)
    {
        // Whole 32 bits are turned: what comes over from other bytes is masked.
        var turned = Avx512F.RotateLeftVariable(bits, Turns((uint)first & 31, (uint)second & 31));
        return codes | (turned.AsByte() & Vector512.Create(mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Turns(uint a, uint b) => Vector512.Create(a, a, a, a, a, a, a, a, b, b, b, b, b, b, b, b);

    /// <summary>The two halves of each added: the first's, then the second's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddHalves(Vector256<int> a, Vector256<int> b) => Avx2.Permute2x128(a, b, 0x20) + Avx2.Permute2x128(a, b, 0x31);

    /// <summary>The sums of two vectors in turns of 32 bits: of each 128 bits a first and third, of both in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Turn(Vector512<short> a, Vector512<short> b)
        => Avx512F.UnpackLow(a.AsInt32(), b.AsInt32()).AsInt16() + Avx512F.UnpackHigh(a.AsInt32(), b.AsInt32()).AsInt16();

    /// <summary>The same in turns of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> TurnPairs(Vector512<short> a, Vector512<short> b)
        => Avx512F.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt16() + Avx512F.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt16();

    /// <summary>The low halves of 64 bytes, and the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> Low, Vector512<byte> High) Nibbles(Vector512<byte> bytes)
        => (bytes & Vector512.Create((byte)0x0F), (bytes.AsUInt16() >>> 4).AsByte() & Vector512.Create((byte)0x0F));
}
