using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Four blocks of 32 activations, each rounded to 8 bits like the weights that they meet: x[i] ~ Scale * Quant[i], with the largest at ±127.
/// The scale is rounded to a half, which costs nothing and makes these the very numbers that llama.cpp uses: with another rounding the
/// logits of a small model move by as much as 0.3 and greedy texts part from its.
/// </summary>
internal struct ActivationQ8 : IActivation<ActivationQ8>
{
    public const int Elements = 32;
    public const int Blocks = 4;

    /// <summary>First the 16 first quants of each block, then the 16 others of each: weights of 4 bits come in that order.</summary>
    public Row128<sbyte> Quants;

    public Row4<float> Scales;

    /// <summary>The sum of a block's quants times its scale before rounding, rounded to a half: what a weight's minimum is multiplied by.</summary>
    public Row4<float> Sums;

    /// <summary>The sum of a block's quants.</summary>
    public Row4<int> Totals;

    public static int Width => Blocks * Elements;

    /// <summary>Where a block's element stands in <see cref="Quants"/>.</summary>
    public static int Place(int block, int i) => (16 * block) + (i % 16) + (i / 16 * 64);

    /// <summary>Rounds x [a multiple of 32] to 8 bits; halves go to the even number.</summary>
    [MethodImpl(Hot.Loop)]
    public static void Round(ReadOnlySpan<float> x, Span<ActivationQ8> to)
    {
        int blocks = x.Length / Elements;
        if (blocks % Blocks != 0)
            to[^1] = default;
        for (int b = 0; b < blocks; b++)
        {
            // Safety: four vectors are the 32 elements of block b of x; the quants are two times 16 bytes in their halves.
            ref readonly float px = ref x[b * Elements];
            ref var group = ref to[b / Blocks];
            int at = b % Blocks;
            var (x0, x1) = (Vector256.LoadUnsafe(in px, 0), Vector256.LoadUnsafe(in px, 8));
            var (x2, x3) = (Vector256.LoadUnsafe(in px, 16), Vector256.LoadUnsafe(in px, 24));
            float most = Lanes.Max(Vector256.Max(Vector256.Max(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.Max(Vector256.Abs(x2), Vector256.Abs(x3))));
            float perUnit = most == 0 ? 0 : 127 / most;

            var (q0, q1) = (Lanes.Round(x0 * perUnit), Lanes.Round(x1 * perUnit));
            var (q2, q3) = (Lanes.Round(x2 * perUnit), Lanes.Round(x3 * perUnit));
            var quants = Vector256.Narrow(Vector256.Narrow(q0, q1), Vector256.Narrow(q2, q3));
            quants.GetLower().StoreUnsafe(ref group.Quants[16 * at]);
            quants.GetUpper().StoreUnsafe(ref group.Quants[64 + (16 * at)]);
            int total = Vector256.Sum(q0 + q1 + (q2 + q3));
            group.Scales[at] = F16.Rounded(most / 127);
            group.Sums[at] = F16.Rounded(most / 127 * total);
            group.Totals[at] = total;
        }
    }

    /// <summary>The definition.</summary>
    public static void RoundScalar(ReadOnlySpan<float> x, Span<ActivationQ8> to)
    {
        to.Clear();
        for (int b = 0; b < x.Length / Elements; b++)
        {
            float most = 0;
            foreach (float value in x.Slice(b * Elements, Elements))
                most = MathF.Max(most, MathF.Abs(value));
            float perUnit = most == 0 ? 0 : 127 / most;
            ref var group = ref to[b / Blocks];
            int at = b % Blocks;
            for (int i = 0; i < Elements; i++)
                group.Totals[at] += group.Quants[Place(at, i)] = (sbyte)MathF.Round(x[(b * Elements) + i] * perUnit);
            group.Scales[at] = F16.Round(most / 127);
            group.Sums[at] = F16.Round(most / 127 * group.Totals[at]);
        }
    }

    public static void Widen(ReadOnlySpan<ActivationQ8> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            int block = i / Elements;
            to[i] = from[block / Blocks].Scales[block % Blocks] * from[block / Blocks].Quants[Place(block % Blocks, i % Elements)];
        }
    }
}
