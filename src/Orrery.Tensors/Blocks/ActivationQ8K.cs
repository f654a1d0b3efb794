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

    public static int Width => Elements;

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<float> x, Span<ActivationQ8K> to)
    {
        Shapes.CheckSame(to.Length * Elements, x.Length, nameof(x));
        for (int b = 0; b < to.Length; b++)
            Round(x.Slice(b * Elements, Elements), ref to[b]);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
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
        for (int i = 0; i < Elements; i += 32)
        {
            var (q0, q1) = (Rounded(x, i, perUnit), Rounded(x, i + 8, perUnit));
            var (q2, q3) = (Rounded(x, i + 16, perUnit), Rounded(x, i + 24, perUnit));

            // Safety: i + 32 <= 256.
            Vector256.Narrow(Vector256.Narrow(q0, q1), Vector256.Narrow(q2, q3)).StoreUnsafe(ref to.Quants[i]);
            to.Sums[i / 16] = (short)Vector256.Sum(q0 + q1);
            to.Sums[(i / 16) + 1] = (short)Vector256.Sum(q2 + q3);
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
        }
    }

    public static void Widen(ReadOnlySpan<ActivationQ8K> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i / Elements].Scale * from[i / Elements].Quants[i % Elements];
    }

    private static Vector256<int> Rounded(ReadOnlySpan<float> x, int at, float perUnit)
        => Vector256.Min(Lanes.Round(Vector256.Create(x.Slice(at, 8)) * perUnit), Vector256.Create(127));

    private static float Farthest(ReadOnlySpan<float> x)
    {
        var most = Vector256<float>.Zero;
        for (int i = 0; i < Elements; i += 8)
            most = Vector256.Max(most, Vector256.Abs(Vector256.Create(x.Slice(i, 8))));
        float magnitude = Lanes.Max(most);

        // Of two that are equally far the first one's sign counts.
        foreach (float value in x)
        {
            if (MathF.Abs(value) == magnitude)
                return value;
        }
        return float.NaN;
    }
}
