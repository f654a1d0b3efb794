using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>
/// One query head against the cached keys and values of its KV head. Keys lie transposed, [headDim, capacity], so that
/// eight positions are scored at once whatever the head size; values lie [capacity, headDim].
/// </summary>
public static class Attention
{
    /// <summary>scores[t] = scale * sum over d of query[d] * keys[d, t], for t below scores.Length.</summary>
    /// <param name="keys">[headDim, capacity] with capacity = keys.Length / query.Length, at least scores.Length.</param>
    [MethodImpl(Hot.Loop)]
    public static void Scores(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, float scale, Span<float> scores)
    {
        int capacity = Capacity(query.Length, keys.Length, scores.Length, nameof(keys));
        int t = 0;
        if (Vector512.IsHardwareAccelerated && query.Length % 4 == 0)
        {
            // Safety: t + 16 <= scores.Length <= capacity. Four sums, because each addition waits for the one before it in its own sum.
            ref float pk = ref MemoryMarshal.GetReference(keys);
            ref float pq = ref MemoryMarshal.GetReference(query);
            for (; t + 16 <= scores.Length; t += 16)
            {
                var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
                nuint at = (nuint)t;
                for (int d = 0; d < query.Length; d += 4, at += 4 * (nuint)capacity)
                {
                    s0 = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref pq, d)), Vector512.LoadUnsafe(ref pk, at), s0);
                    s1 = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref pq, d + 1)), Vector512.LoadUnsafe(ref pk, at + (nuint)capacity), s1);
                    s2 = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref pq, d + 2)), Vector512.LoadUnsafe(ref pk, at + (2 * (nuint)capacity)), s2);
                    s3 = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref pq, d + 3)), Vector512.LoadUnsafe(ref pk, at + (3 * (nuint)capacity)), s3);
                }
                ((s0 + s1 + (s2 + s3)) * scale).StoreUnsafe(ref MemoryMarshal.GetReference(scores), (nuint)t);
            }
        }
        if (Vector256.IsHardwareAccelerated)
        {
            // Safety: t + 8 <= scores.Length <= capacity, and row d of keys ends at (d + 1) * capacity.
            ref float pk = ref MemoryMarshal.GetReference(keys);
            ref float ps = ref MemoryMarshal.GetReference(scores);
            for (; t + 8 <= scores.Length; t += 8)
            {
                var sum = Vector256<float>.Zero;
                for (int d = 0; d < query.Length; d++)
                    sum = Vector256.MultiplyAddEstimate(Vector256.Create(query[d]), Vector256.LoadUnsafe(ref pk, (nuint)((d * capacity) + t)), sum);
                (sum * scale).StoreUnsafe(ref ps, (nuint)t);
            }
        }
        ScoresScalar(query, keys, scale, scores, from: t);
    }

    internal static void ScoresScalar(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, float scale, Span<float> scores, int from = 0)
    {
        int capacity = Capacity(query.Length, keys.Length, scores.Length, nameof(keys));
        for (int t = from; t < scores.Length; t++)
        {
            float sum = 0;
            for (int d = 0; d < query.Length; d++)
                sum += query[d] * keys[(d * capacity) + t];
            scores[t] = sum * scale;
        }
    }

    /// <summary>mixed[d] += sum over t of weights[t] * values[t, d]; mixed is [headDim].</summary>
    /// <param name="values">[capacity, headDim], capacity at least weights.Length.</param>
    [MethodImpl(Hot.Loop)]
    public static void Mix(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> mixed)
    {
        Capacity(mixed.Length, values.Length, weights.Length, nameof(values));
        int headDim = mixed.Length;
        int d = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // Safety: d + 64 <= headDim, and position t of values ends at (t + 1) * headDim. Four sums, as above.
            ref float pv = ref MemoryMarshal.GetReference(values);
            ref float pm = ref MemoryMarshal.GetReference(mixed);
            for (; d + 64 <= headDim; d += 64)
            {
                nuint at = (nuint)d;
                var (s0, s1) = (Vector512.LoadUnsafe(ref pm, at), Vector512.LoadUnsafe(ref pm, at + 16));
                var (s2, s3) = (Vector512.LoadUnsafe(ref pm, at + 32), Vector512.LoadUnsafe(ref pm, at + 48));
                for (int t = 0; t < weights.Length; t++, at += (nuint)headDim)
                {
                    var weight = Vector512.Create(weights[t]);
                    s0 = Vector512.MultiplyAddEstimate(weight, Vector512.LoadUnsafe(ref pv, at), s0);
                    s1 = Vector512.MultiplyAddEstimate(weight, Vector512.LoadUnsafe(ref pv, at + 16), s1);
                    s2 = Vector512.MultiplyAddEstimate(weight, Vector512.LoadUnsafe(ref pv, at + 32), s2);
                    s3 = Vector512.MultiplyAddEstimate(weight, Vector512.LoadUnsafe(ref pv, at + 48), s3);
                }
                s0.StoreUnsafe(ref pm, (nuint)d);
                s1.StoreUnsafe(ref pm, (nuint)d + 16);
                s2.StoreUnsafe(ref pm, (nuint)d + 32);
                s3.StoreUnsafe(ref pm, (nuint)d + 48);
            }
        }
        if (Vector256.IsHardwareAccelerated)
        {
            // Safety: d + 8 <= headDim, and position t of values ends at (t + 1) * headDim.
            ref float pv = ref MemoryMarshal.GetReference(values);
            ref float pm = ref MemoryMarshal.GetReference(mixed);
            for (; d + 8 <= headDim; d += 8)
            {
                // Two sums, because each addition waits for the one before it in its own sum.
                var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
                int t = 0;
                for (; t + 2 <= weights.Length; t += 2)
                {
                    nuint at = (nuint)((t * headDim) + d);
                    even = Vector256.MultiplyAddEstimate(Vector256.Create(weights[t]), Vector256.LoadUnsafe(ref pv, at), even);
                    odd = Vector256.MultiplyAddEstimate(Vector256.Create(weights[t + 1]), Vector256.LoadUnsafe(ref pv, at + (nuint)headDim), odd);
                }
                if (t < weights.Length)
                    even = Vector256.MultiplyAddEstimate(Vector256.Create(weights[t]), Vector256.LoadUnsafe(ref pv, (nuint)((t * headDim) + d)), even);
                (Vector256.LoadUnsafe(ref pm, (nuint)d) + even + odd).StoreUnsafe(ref pm, (nuint)d);
            }
        }
        MixScalar(weights, values, mixed, from: d);
    }

    internal static void MixScalar(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> mixed, int from = 0)
    {
        for (int d = from; d < mixed.Length; d++)
        {
            float sum = 0;
            for (int t = 0; t < weights.Length; t++)
                sum += weights[t] * values[(t * mixed.Length) + d];
            mixed[d] += sum;
        }
    }

    private static int Capacity(int headDim, int cached, int positions, string name)
    {
        if (headDim < 1 || cached % headDim != 0 || cached / headDim < positions)
            throw new ArgumentException($"{name} has {cached} elements; heads of {headDim} and {positions} positions need {(long)headDim * positions}.");
        return cached / headDim;
    }
}
