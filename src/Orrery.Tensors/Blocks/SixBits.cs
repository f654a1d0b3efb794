using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Eight scales and eight minima of 6 bits in 12 bytes, as Q4_K and Q5_K hold them.
/// <code>
///   byte 0-3    scale 0-3, above them the two high bits of scale 4-7
///   byte 4-7    minimum 0-3, above them the two high bits of minimum 4-7
///   byte 8-11   the low nibble of scale 4-7, above it that of minimum 4-7
/// </code>
/// </summary>
internal static class SixBits
{
    public const int Most = 63;

    public static int Scale(in Row12<byte> bytes, int i)
        => i < 4 ? bytes[i] & Most : (bytes[i + 4] & 0x0F) | (bytes[i - 4] >> 6 << 4);

    public static int Minimum(in Row12<byte> bytes, int i)
        => i < 4 ? bytes[i + 4] & Most : (bytes[i + 4] >> 4) | (bytes[i] >> 6 << 4);

    public static void Set(ref Row12<byte> bytes, int i, int scale, int minimum)
    {
        if (i < 4)
        {
            bytes[i] |= (byte)scale;
            bytes[i + 4] |= (byte)minimum;
            return;
        }
        bytes[i + 4] = (byte)((scale & 0x0F) | (minimum << 4));
        bytes[i - 4] |= (byte)(scale >> 4 << 6);
        bytes[i] |= (byte)(minimum >> 4 << 6);
    }

    /// <summary>Each scale twice: a pair of parts has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Scales(in Row12<byte> bytes)
    {
        var (first, _, both) = Words(in bytes);
        return Twice((first & 0x3F3F3F3F) | ((ulong)((both & 0x0F0F0F0F) | ((first >> 2) & 0x30303030)) << 32)).AsSByte();
    }

    /// <summary>Each minimum twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Minima(in Row12<byte> bytes)
    {
        var (_, second, both) = Words(in bytes);
        return Twice((second & 0x3F3F3F3F) | ((ulong)(((both >> 4) & 0x0F0F0F0F) | ((second >> 2) & 0x30303030)) << 32));
    }

    // Safety: 12 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (uint First, uint Second, uint Both) Words(in Row12<byte> bytes)
    {
        ref readonly byte first = ref bytes[0];
        return (Unsafe.ReadUnaligned<uint>(in first), Unsafe.ReadUnaligned<uint>(in Unsafe.Add(ref Unsafe.AsRef(in first), 4)), Unsafe.ReadUnaligned<uint>(in Unsafe.Add(ref Unsafe.AsRef(in first), 8)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Twice(ulong eight)
        => Vector128.Shuffle(Vector128.CreateScalarUnsafe(eight).AsByte(), Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));
}
