using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>256 numbers of 2 bits: each 32 bytes hold 128 of them, number i of them in bits 2 * (i / 32) of byte i % 32.</summary>
internal static class TwoBits
{
    public static int At(in Row64<byte> bytes, int i) => (bytes[(i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;

    public static void Set(ref Row64<byte> bytes, int i, int value) => bytes[(i / 128 * 32) + (i % 32)] |= (byte)(value << (i % 128 / 32 * 2));

    /// <summary>Numbers 32 * pair to 32 * pair + 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Of(in Row64<byte> bytes, int pair)
    {
        // Safety: pair is 0 to 7; 32 bytes from 0 or 32 on. Whole 16 bits are shifted: what comes over from the next byte is masked.
        var all = Vector256.LoadUnsafe(in bytes[pair / 4 * 32]).AsUInt16();
        return (all >>> (pair % 4 * 2)).AsByte() & Vector256.Create((byte)3);
    }
}
