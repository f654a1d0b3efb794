using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>Products of 32 8-bit weights w and activations x, with x at least -127, so that two products fit 16 bits: 2 * 128 * 127 is below 2^15.</summary>
internal static class Int8
{
    /// <summary>Eight sums that together are the sum of all 32 products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<sbyte> w, Vector256<sbyte> x)
    {
        var (wLow, wHigh) = Vector256.Widen(w);
        var (xLow, xHigh) = Vector256.Widen(x);
        var (low, high) = Vector256.Widen((wLow * xLow) + (wHigh * xHigh));
        return low + high;
    }

    /// <summary>The same for the first 16 products and for the other 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<int> First, Vector256<int> Second) Dots(Vector256<sbyte> w, Vector256<sbyte> x)
    {
        var (wLow, wHigh) = Vector256.Widen(w);
        var (xLow, xHigh) = Vector256.Widen(x);
        var (a, b) = Vector256.Widen(wLow * xLow);
        var (c, d) = Vector256.Widen(wHigh * xHigh);
        return (a + b, c + d);
    }
}
