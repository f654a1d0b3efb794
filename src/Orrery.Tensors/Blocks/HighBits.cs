using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>256 bits: that of number i is bit i / 32 of byte i % 32.</summary>
internal static class HighBits
{
    public static int At(in Row32<byte> bytes, int i) => (bytes[i % 32] >> (i / 32)) & 1;

    public static void Set(ref Row32<byte> bytes, int i, int bit) => bytes[i % 32] |= (byte)(bit << (i / 32));

    /// <summary>0 or 1 for numbers 32 * pair to 32 * pair + 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Of(in Row32<byte> bytes, int pair)
    {
        // Safety: 32 bytes. Whole 16 bits are shifted: what comes over from the next byte is masked.
        var all = Vector256.LoadUnsafe(in bytes[0]).AsUInt16();
        return (all >>> pair).AsByte() & Vector256<byte>.One;
    }
}
