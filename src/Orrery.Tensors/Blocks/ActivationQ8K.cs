using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// 256 activations, rounded to 8 bits: x[i] ~ Scale * Quants[i]. The farthest becomes -127, so that the scale has the other sign, as in
/// llama.cpp, whose numbers these are.
/// </summary>
internal struct ActivationQ8K : IActivation<ActivationQ8K>
{
    public const int Elements = 256;

    public float Scale;
    public Row256<sbyte> Quants;

    /// <summary>Sums of 16 quants each: what minima are multiplied by.</summary>
    public Row16<short> Sums;

    /// <summary>Sums of 32 quants each, for minima that as many weights share.</summary>
    public Row8<short> PairSums;

    public static int Width => Elements;

    [MethodImpl(Hot.Loop)]
    public static void Round(ReadOnlySpan<float> x, Span<ActivationQ8K> to)
    {
        Shapes.CheckSame(to.Length * Elements, x.Length, nameof(x));
        for (int b = 0; b < to.Length; b++)
            Round(x.Slice(b * Elements, Elements), ref to[b]);
    }

    [MethodImpl(Hot.Loop)]
    private static void Round(ReadOnlySpan<float> x, ref ActivationQ8K to)
    {
        float farthest = Farthest(x);
        if (farthest == 0)
        {
            to = default;
            return;
        }

        float perUnit = -127 / farthest;
        to.Scale = 1 / perUnit;
        ref float px = ref MemoryMarshal.GetReference(x);
        for (int i = 0; i < Elements; i += 32)
        {
            // Safety: i + 32 <= 256.
            var (q0, q1) = (Rounded(ref px, i, perUnit), Rounded(ref px, i + 8, perUnit));
            var (q2, q3) = (Rounded(ref px, i + 16, perUnit), Rounded(ref px, i + 24, perUnit));
            Vector256.Narrow(Vector256.Narrow(q0, q1), Vector256.Narrow(q2, q3)).StoreUnsafe(ref to.Quants[i]);
            var sums = Int8.Sums(q0 + q1, q2 + q3, q0 + q1, q2 + q3);
            to.Sums[i / 16] = (short)sums[0];
            to.Sums[(i / 16) + 1] = (short)sums[1];
            to.PairSums[i / 32] = (short)(sums[0] + sums[1]);
        }
    }

    /// <summary>The definition.</summary>
    public static void RoundScalar(ReadOnlySpan<float> x, Span<ActivationQ8K> to)
    {
        to.Clear();
        for (int i = 0; i < x.Length; i++)
        {
            ref var block = ref to[i / Elements];
            float farthest = Extremes.Farthest(x.Slice(i / Elements * Elements, Elements));
            if (farthest == 0)
                continue;
            float perUnit = -127 / farthest;
            block.Scale = 1 / perUnit;
            int quant = (int)MathF.Min(127, MathF.Round(x[i] * perUnit));
            block.Quants[i % Elements] = (sbyte)quant;
            block.Sums[i % Elements / 16] += (short)quant;
            block.PairSums[i % Elements / 32] += (short)quant;
        }
    }

    public static void Widen(ReadOnlySpan<ActivationQ8K> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i / Elements].Scale * from[i / Elements].Quants[i % Elements];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Rounded(ref float x, int at, float perUnit)
        => Vector256.Min(Lanes.Round(Vector256.LoadUnsafe(ref x, (nuint)at) * perUnit), Vector256.Create(127));

    /// <summary>That with the largest magnitude, the first of several; NaN where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Farthest(ReadOnlySpan<float> x)
    {
        // Safety: x has 256 elements.
        ref float px = ref MemoryMarshal.GetReference(x);
        var most = Vector256<float>.Zero;
        for (int i = 0; i < Elements; i += 8)
            most = Vector256.Max(most, Vector256.Abs(Vector256.LoadUnsafe(ref px, (nuint)i)));
        var magnitude = Vector256.Create(Lanes.Max(most));
        for (int i = 0; i < Elements; i += 8)
        {
            var values = Vector256.LoadUnsafe(ref px, (nuint)i);
            uint found = Vector256.Equals(Vector256.Abs(values), magnitude).ExtractMostSignificantBits();
            if (found != 0)
                return Unsafe.Add(ref px, i + BitOperations.TrailingZeroCount(found));
        }
        return float.NaN;
    }
}
