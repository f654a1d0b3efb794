using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// 32 activations, rounded to 8 bits like the weights that they meet: x[i] ~ Scale * Quants[i], with the largest at ±127. The scale is
/// rounded to a half, which costs nothing and makes these the very numbers that llama.cpp uses: with another rounding the logits of a
/// small model move by as much as 0.3 and greedy texts part from its.
/// </summary>
internal struct ActivationQ8 : IActivation<ActivationQ8>
{
    public const int Elements = 32;

    public float Scale;

    /// <summary>The sum of the quants times the scale before its rounding, rounded to a half: what a weight's minimum is multiplied by.</summary>
    public float Sum;

    public Row32<sbyte> Quants;

    public static int Width => Elements;

    /// <summary>Rounds x [32 * blocks] to 8 bits; halves go to the even number.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<ActivationQ8> to)
    {
        Shapes.CheckSame(to.Length * Elements, x.Length, nameof(x));
        for (int b = 0; b < to.Length; b++)
        {
            // Safety: four vectors are the 32 elements of block b of x; the quants are 32 bytes.
            ref readonly float px = ref x[b * Elements];
            var (x0, x1) = (Vector256.LoadUnsafe(in px, 0), Vector256.LoadUnsafe(in px, 8));
            var (x2, x3) = (Vector256.LoadUnsafe(in px, 16), Vector256.LoadUnsafe(in px, 24));
            float most = Lanes.Max(Vector256.Max(Vector256.Max(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.Max(Vector256.Abs(x2), Vector256.Abs(x3))));
            float perUnit = most == 0 ? 0 : 127 / most;

            var (q0, q1) = (Lanes.Round(x0 * perUnit), Lanes.Round(x1 * perUnit));
            var (q2, q3) = (Lanes.Round(x2 * perUnit), Lanes.Round(x3 * perUnit));
            Vector256.Narrow(Vector256.Narrow(q0, q1), Vector256.Narrow(q2, q3)).StoreUnsafe(ref to[b].Quants[0]);
            to[b].Scale = F16.Round(most / 127);
            to[b].Sum = F16.Round(most / 127 * Vector256.Sum(q0 + q1 + (q2 + q3)));
        }
    }

    /// <summary>The definition.</summary>
    public static void RoundScalar(ReadOnlySpan<float> x, Span<ActivationQ8> to)
    {
        for (int b = 0; b < to.Length; b++)
        {
            float most = 0;
            foreach (float value in x.Slice(b * Elements, Elements))
                most = MathF.Max(most, MathF.Abs(value));
            float perUnit = most == 0 ? 0 : 127 / most;
            int sum = 0;
            for (int i = 0; i < Elements; i++)
                sum += to[b].Quants[i] = (sbyte)MathF.Round(x[(b * Elements) + i] * perUnit);
            to[b].Scale = F16.Round(most / 127);
            to[b].Sum = F16.Round(most / 127 * sum);
        }
    }

    public static void Widen(ReadOnlySpan<ActivationQ8> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i / Elements].Scale * from[i / Elements].Quants[i % Elements];
    }
}
