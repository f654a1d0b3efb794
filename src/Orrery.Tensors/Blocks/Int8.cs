using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>Products of 8-bit weights w and activations x, with x at least -127, so that two products fit 16 bits: 2 * 128 * 127 is below 2^15.</summary>
internal static class Int8
{
    /// <summary>Eight sums that together are the sum of all 32 products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<sbyte> w, Vector256<sbyte> x)
    {
        // x86 multiplies bytes without a sign by ones with: the sign of the weight goes over to the activation.
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(Vector256<int>.Zero, Avx2.Abs(w), Avx2.Sign(x, w));
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(w), Avx2.Sign(x, w)), Vector256<short>.One);
        if (Dp.IsSupported)
            return Vector256.Create(Dp.DotProduct(Vector128<int>.Zero, w.GetLower(), x.GetLower()), Dp.DotProduct(Vector128<int>.Zero, w.GetUpper(), x.GetUpper()));
        return DotPlain(w, x);
    }

    /// <summary>The definition, with nothing that a processor must have.</summary>
    public static Vector256<int> DotPlain(Vector256<sbyte> w, Vector256<sbyte> x)
    {
        var (wLow, wHigh) = Vector256.Widen(w);
        var (xLow, xHigh) = Vector256.Widen(x);
        var (low, high) = Vector256.Widen((wLow * xLow) + (wHigh * xHigh));
        return low + high;
    }

    /// <summary>Eight sums that together are scales[0] times the first 16 products and scales[8] times the other 16; each half of scales is one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<sbyte> w, Vector256<sbyte> x, Vector256<short> scales)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(w), Avx2.Sign(x, w)), scales);
        return DotPlain(w, x, scales);
    }

    /// <summary>The definition.</summary>
    public static Vector256<int> DotPlain(Vector256<sbyte> w, Vector256<sbyte> x, Vector256<short> scales)
    {
        var (wLow, wHigh) = Vector256.Widen(w);
        var (xLow, xHigh) = Vector256.Widen(x);
        var (a, b) = Vector256.Widen(wLow * xLow);
        var (c, d) = Vector256.Widen(wHigh * xHigh);
        return ((a + b) * Vector256.Create((int)scales[0])) + ((c + d) * Vector256.Create((int)scales[8]));
    }

    /// <summary>The sums of each of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        if (Avx2.IsSupported)
        {
            var both = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
            return both.GetLower() + both.GetUpper();
        }
        if (AdvSimd.Arm64.IsSupported)
        {
            return AdvSimd.Arm64.AddPairwise(
                AdvSimd.Arm64.AddPairwise(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper()),
                AdvSimd.Arm64.AddPairwise(c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper()));
        }
        return Vector128.Create(Vector256.Sum(a), Vector256.Sum(b), Vector256.Sum(c), Vector256.Sum(d));
    }
}
