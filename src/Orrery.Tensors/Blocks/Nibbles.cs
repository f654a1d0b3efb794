using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>256 numbers of 4 bits: each 32 bytes hold 64 of them, the first 32 in the low nibbles.</summary>
internal static class Nibbles
{
    public static int At(in Row128<byte> bytes, int i) => (bytes[(i / 64 * 32) + (i % 32)] >> (i % 64 / 32 * 4)) & 0x0F;

    public static void Set(ref Row128<byte> bytes, int i, int value) => bytes[(i / 64 * 32) + (i % 32)] |= (byte)((value & 0x0F) << (i % 64 / 32 * 4));

    /// <summary>Numbers 32 * pair to 32 * pair + 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Of(in Row128<byte> bytes, int pair)
    {
        // Safety: pair is 0 to 7; 32 bytes from 0, 32, 64 or 96 on. Whole 16 bits are shifted: what comes over from the next byte is masked.
        var all = Vector256.LoadUnsafe(in bytes[pair / 2 * 32]).AsUInt16();
        return (all >>> (pair % 2 * 4)).AsByte() & Vector256.Create((byte)0x0F);
    }
}
