using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>The low halves of 64 bytes, and the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> Low, Vector512<byte> High) Nibbles(Vector512<byte> bytes)
        => (bytes & Vector512.Create((byte)0x0F), (bytes.AsUInt16() >>> 4).AsByte() & Vector512.Create((byte)0x0F));
}
