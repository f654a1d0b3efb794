using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors;

/// <summary>
/// What <see cref="FlashAttention"/> does with a page of 16 positions: products with vectors of 512 bits for four heads or one, and of 256
/// for one. All sums of a kind are made in one order, however many heads there are.
/// </summary>
internal static unsafe class AttentionKernels
{
    private const int Positions = FlashAttention.PagePositions;

    /// <summary>scores[t] = scale * sum over d of query[d] * keys[d, t]. Four sums, because each addition waits for the one before it in its own.</summary>
    [MethodImpl(Hot.Loop)]
    public static void Score(float* query, float* keys, float* nextKeys, int headDim, float scale, float* scores)
    {
        int d = 0;
        if (Avx512F.IsSupported)
        {
            var (a, b, c, e) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (; d + 4 <= headDim; d += 4, keys += 4 * Positions)
            {
                Fetch(nextKeys + (d * Positions));
                a = Avx512F.FusedMultiplyAdd(Vector512.Create(query[d]), Vector512.Load(keys), a);
                b = Avx512F.FusedMultiplyAdd(Vector512.Create(query[d + 1]), Vector512.Load(keys + Positions), b);
                c = Avx512F.FusedMultiplyAdd(Vector512.Create(query[d + 2]), Vector512.Load(keys + (2 * Positions)), c);
                e = Avx512F.FusedMultiplyAdd(Vector512.Create(query[d + 3]), Vector512.Load(keys + (3 * Positions)), e);
            }
            for (; d < headDim; d++, keys += Positions)
                a = Avx512F.FusedMultiplyAdd(Vector512.Create(query[d]), Vector512.Load(keys), a);
            ((a + b + (c + e)) * scale).Store(scores);
            return;
        }

        var (lower, upper) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (lowerOdd, upperOdd) = (lower, upper);
        for (; d + 2 <= headDim; d += 2, keys += 2 * Positions)
        {
            var (even, odd) = (Vector256.Create(query[d]), Vector256.Create(query[d + 1]));
            lower = Vector256.MultiplyAddEstimate(even, Vector256.Load(keys), lower);
            upper = Vector256.MultiplyAddEstimate(even, Vector256.Load(keys + 8), upper);
            lowerOdd = Vector256.MultiplyAddEstimate(odd, Vector256.Load(keys + 16), lowerOdd);
            upperOdd = Vector256.MultiplyAddEstimate(odd, Vector256.Load(keys + 24), upperOdd);
        }
        if (d < headDim)
        {
            lower = Vector256.MultiplyAddEstimate(Vector256.Create(query[d]), Vector256.Load(keys), lower);
            upper = Vector256.MultiplyAddEstimate(Vector256.Create(query[d]), Vector256.Load(keys + 8), upper);
        }
        ((lower + lowerOdd) * scale).Store(scores);
        ((upper + upperOdd) * scale).Store(scores + 8);
    }

    /// <summary>The same for queries [4, headDim] to scores [4, 16].</summary>
    [MethodImpl(Hot.Loop)]
    public static void Score4(float* queries, float* keys, float* nextKeys, int headDim, float scale, float* scores)
    {
        float* q0 = queries, q1 = queries + headDim, q2 = q1 + headDim, q3 = q2 + headDim;
        var (a0, a1, a2, a3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (b0, b1, b2, b3) = (a0, a1, a2, a3);
        var (c0, c1, c2, c3) = (a0, a1, a2, a3);
        var (e0, e1, e2, e3) = (a0, a1, a2, a3);
        Vector512<float> key;
        int d = 0;
        for (; d + 4 <= headDim; d += 4, keys += 4 * Positions)
        {
            Fetch(nextKeys + (d * Positions));
            key = Vector512.Load(keys);
            a0 = Avx512F.FusedMultiplyAdd(Vector512.Create(q0[d]), key, a0);
            a1 = Avx512F.FusedMultiplyAdd(Vector512.Create(q1[d]), key, a1);
            a2 = Avx512F.FusedMultiplyAdd(Vector512.Create(q2[d]), key, a2);
            a3 = Avx512F.FusedMultiplyAdd(Vector512.Create(q3[d]), key, a3);
            key = Vector512.Load(keys + Positions);
            b0 = Avx512F.FusedMultiplyAdd(Vector512.Create(q0[d + 1]), key, b0);
            b1 = Avx512F.FusedMultiplyAdd(Vector512.Create(q1[d + 1]), key, b1);
            b2 = Avx512F.FusedMultiplyAdd(Vector512.Create(q2[d + 1]), key, b2);
            b3 = Avx512F.FusedMultiplyAdd(Vector512.Create(q3[d + 1]), key, b3);
            key = Vector512.Load(keys + (2 * Positions));
            c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(q0[d + 2]), key, c0);
            c1 = Avx512F.FusedMultiplyAdd(Vector512.Create(q1[d + 2]), key, c1);
            c2 = Avx512F.FusedMultiplyAdd(Vector512.Create(q2[d + 2]), key, c2);
            c3 = Avx512F.FusedMultiplyAdd(Vector512.Create(q3[d + 2]), key, c3);
            key = Vector512.Load(keys + (3 * Positions));
            e0 = Avx512F.FusedMultiplyAdd(Vector512.Create(q0[d + 3]), key, e0);
            e1 = Avx512F.FusedMultiplyAdd(Vector512.Create(q1[d + 3]), key, e1);
            e2 = Avx512F.FusedMultiplyAdd(Vector512.Create(q2[d + 3]), key, e2);
            e3 = Avx512F.FusedMultiplyAdd(Vector512.Create(q3[d + 3]), key, e3);
        }
        for (; d < headDim; d++, keys += Positions)
        {
            key = Vector512.Load(keys);
            a0 = Avx512F.FusedMultiplyAdd(Vector512.Create(q0[d]), key, a0);
            a1 = Avx512F.FusedMultiplyAdd(Vector512.Create(q1[d]), key, a1);
            a2 = Avx512F.FusedMultiplyAdd(Vector512.Create(q2[d]), key, a2);
            a3 = Avx512F.FusedMultiplyAdd(Vector512.Create(q3[d]), key, a3);
        }
        ((a0 + b0 + (c0 + e0)) * scale).Store(scores);
        ((a1 + b1 + (c1 + e1)) * scale).Store(scores + Positions);
        ((a2 + b2 + (c2 + e2)) * scale).Store(scores + (2 * Positions));
        ((a3 + b3 + (c3 + e3)) * scale).Store(scores + (3 * Positions));
    }

    /// <summary>mixed[d] += sum over t, from the first to the one before the last, of weights[t] * values[t, d].</summary>
    [MethodImpl(Hot.Loop)]
    public static void Mix(float* weights, float* values, float* nextValues, int headDim, int from, int to, float* mixed)
    {
        int d = 0;
        for (; Avx512F.IsSupported && d + 64 <= headDim; d += 64)
        {
            float* m = mixed + d;
            var (a, b, c, e) = (Vector512.Load(m), Vector512.Load(m + 16), Vector512.Load(m + 32), Vector512.Load(m + 48));
            for (int t = from; t < to; t++)
            {
                Fetch(nextValues + (t * headDim) + d);
                float* v = values + (t * headDim) + d;
                var weight = Vector512.Create(weights[t]);
                a = Avx512F.FusedMultiplyAdd(weight, Vector512.Load(v), a);
                b = Avx512F.FusedMultiplyAdd(weight, Vector512.Load(v + 16), b);
                c = Avx512F.FusedMultiplyAdd(weight, Vector512.Load(v + 32), c);
                e = Avx512F.FusedMultiplyAdd(weight, Vector512.Load(v + 48), e);
            }
            a.Store(m);
            b.Store(m + 16);
            c.Store(m + 32);
            e.Store(m + 48);
        }
        MixRest(weights, values, headDim, from, to, mixed, d);
    }

    /// <summary>The same for weights [4, 16] to mixed [4, headDim].</summary>
    [MethodImpl(Hot.Loop)]
    public static void Mix4(float* weights, float* values, float* nextValues, int headDim, int from, int to, float* mixed)
    {
        float* m0 = mixed, m1 = mixed + headDim, m2 = m1 + headDim, m3 = m2 + headDim;
        int d = 0;
        for (; d + 32 <= headDim; d += 32)
        {
            var (a0, b0, a1, b1) = (Vector512.Load(m0 + d), Vector512.Load(m0 + d + 16), Vector512.Load(m1 + d), Vector512.Load(m1 + d + 16));
            var (a2, b2, a3, b3) = (Vector512.Load(m2 + d), Vector512.Load(m2 + d + 16), Vector512.Load(m3 + d), Vector512.Load(m3 + d + 16));
            for (int t = from; t < to; t++)
            {
                if (d % 64 == 0)
                    Fetch(nextValues + (t * headDim) + d);
                float* v = values + (t * headDim) + d;
                float* w = weights + t;
                var (a, b) = (Vector512.Load(v), Vector512.Load(v + 16));
                var weight = Vector512.Create(w[0]);
                (a0, b0) = (Avx512F.FusedMultiplyAdd(weight, a, a0), Avx512F.FusedMultiplyAdd(weight, b, b0));
                weight = Vector512.Create(w[Positions]);
                (a1, b1) = (Avx512F.FusedMultiplyAdd(weight, a, a1), Avx512F.FusedMultiplyAdd(weight, b, b1));
                weight = Vector512.Create(w[2 * Positions]);
                (a2, b2) = (Avx512F.FusedMultiplyAdd(weight, a, a2), Avx512F.FusedMultiplyAdd(weight, b, b2));
                weight = Vector512.Create(w[3 * Positions]);
                (a3, b3) = (Avx512F.FusedMultiplyAdd(weight, a, a3), Avx512F.FusedMultiplyAdd(weight, b, b3));
            }
            a0.Store(m0 + d);
            b0.Store(m0 + d + 16);
            a1.Store(m1 + d);
            b1.Store(m1 + d + 16);
            a2.Store(m2 + d);
            b2.Store(m2 + d + 16);
            a3.Store(m3 + d);
            b3.Store(m3 + d + 16);
        }
        for (int head = 0; d < headDim && head < 4; head++)
            MixRest(weights + (head * Positions), values, headDim, from, to, mixed + (head * headDim), d);
    }

    /// <summary>Dimensions from one on.</summary>
    [MethodImpl(Hot.Loop)]
    private static void MixRest(float* weights, float* values, int headDim, int from, int to, float* mixed, int d)
    {
        for (; d + 16 <= headDim; d += 16)
        {
            var (a, b) = (Vector256.Load(mixed + d), Vector256.Load(mixed + d + 8));
            for (int t = from; t < to; t++)
            {
                float* v = values + (t * headDim) + d;
                var weight = Vector256.Create(weights[t]);
                (a, b) = (Vector256.MultiplyAddEstimate(weight, Vector256.Load(v), a), Vector256.MultiplyAddEstimate(weight, Vector256.Load(v + 8), b));
            }
            a.Store(mixed + d);
            b.Store(mixed + d + 8);
        }
        for (; d + 8 <= headDim; d += 8)
        {
            var sums = Vector256.Load(mixed + d);
            for (int t = from; t < to; t++)
                sums = Vector256.MultiplyAddEstimate(Vector256.Create(weights[t]), Vector256.Load(values + (t * headDim) + d), sums);
            sums.Store(mixed + d);
        }
        for (; d < headDim; d++)
        {
            for (int t = from; t < to; t++)
                mixed[d] += weights[t] * values[(t * headDim) + d];
        }
    }

    /// <summary>Asks for 256 bytes to be brought to the second-level cache: what a page does with them takes less than they take to come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* first)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch2(first);
        Sse.Prefetch2(first + 16);
        Sse.Prefetch2(first + 32);
        Sse.Prefetch2(first + 48);
    }
}
