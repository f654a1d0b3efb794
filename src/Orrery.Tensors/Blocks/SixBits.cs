using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>Of four blocks, their first 16 bytes each: two halves, and these 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Parts256 PartsOf(Vector512<byte> blocks)
    {
        // Scales 0 to 3, minima 0 to 3, scales 4 to 7, minima 4 to 7: six bits in place for the first two, two bits and a nibble for the others.
        var numbers = blocks.AsUInt32();
        var high = Avx512F.ShiftRightLogicalVariable(Avx512F.Shuffle(numbers, 0b10_01_10_01), Each(0, 0, 2, 2)) & Each(0x3F3F3F3F, 0x3F3F3F3F, 0x30303030, 0x30303030);
        var low = Avx512F.ShiftRightLogicalVariable(Avx512F.Shuffle(numbers, 0b11_11_11_11), Each(0, 0, 0, 4)) & Each(0, 0, 0x0F0F0F0F, 0x0F0F0F0F);
        var halves = Avx512F.PermuteVar16x32(numbers, Vector512.Create(0u, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).GetLower().GetLower();
        return new Parts256((high | low).AsByte(), (high | low).AsByte(), halves);
    }

    /// <summary>Where <see cref="PartsOf"/> has the scale of a part.</summary>
    public static int ScaleOf(int part) => (part / 4 * 8) + (part % 4);

    public static int MinimumOf(int part) => ScaleOf(part) + 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Each(uint a, uint b, uint c, uint d) => Vector512.Create(a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d);

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
