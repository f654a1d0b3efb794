using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>The highest bits of 32 numbers of 5 bits: bit i belongs to number i, whose other bits are nibbles as in <see cref="Q4_0"/>.</summary>
internal static class FifthBits
{
    /// <summary>16 where the bit is set, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Of(in Row4<byte> bits)
    {
        // Every 16 bytes hold all four: bytes 0 and 1 are spread over the first half, 2 and 3 over the second, each in eight places.
        var all = Vector256.Create(Unsafe.ReadUnaligned<uint>(in bits[0])).AsByte();
        var spread = Vector256.Shuffle(all, Vector256.Create(
            (byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19));
        var own = Vector256.Create(0x8040201008040201ul).AsByte();
        return Vector256.Equals(spread & own, own) & Vector256.Create((byte)16);
    }

    public static int At(in Row4<byte> bits, int i) => ((bits[i / 8] >> (i % 8)) & 1) << 4;

    public static void Set(ref Row4<byte> bits, int i, int code) => bits[i / 8] |= (byte)((code >> 4) << (i % 8));
}
