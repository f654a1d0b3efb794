using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors;

/// <summary>
/// Query heads that share a head of keys and values, over pages of positions, without a row of scores: a page is read once for all heads,
/// scored, weighted by what is the softmax so far (arXiv 1805.02867), and mixed in (arXiv 2205.14135). Pages come in their order; the result
/// of a head depends on nothing else, to the last bit.
/// <code>
///   queries [heads, headDim]     keys of a page [headDim, PagePositions]     values of a page [PagePositions, headDim]
///   state   [heads, StateFloats]: the largest score, and from StateFloats / 2 on eight sums of weights      mixed [heads, headDim]
/// </code>
/// </summary>
/// <param name="scale">Of scores.</param>
/// <param name="softCap">What scores come near and never go beyond (arXiv 2408.00118); 0: they are as they are.</param>
public readonly unsafe struct FlashAttention(float scale, float softCap = 0)
{
    public const int PagePositions = 16;

    /// <summary>Of one head, between pages.</summary>
    public const int StateFloats = 16;

    private const int Tile = 4;                                         // heads that share what is read of keys and values

    /// <param name="sinks">For every head a logit more, whose weight goes to nothing (arXiv 2309.17453); or none.</param>
    public static void Begin(ReadOnlySpan<float> sinks, Span<float> state, Span<float> mixed)
    {
        mixed.Clear();
        state.Clear();
        for (int head = 0; head < state.Length / StateFloats; head++)
        {
            var own = state.Slice(head * StateFloats, StateFloats);
            own[0] = sinks.IsEmpty ? float.NegativeInfinity : sinks[head];
            own[StateFloats / 2] = sinks.IsEmpty ? 0 : 1;
        }
    }

    /// <summary>Adds positions <paramref name="from"/> to <paramref name="to"/> - 1 of a page; what it holds elsewhere does not matter.</summary>
    /// <param name="next">The page that comes after it, which is fetched from memory meanwhile; the same again where none does.</param>
    /// <exception cref="ArgumentException">Lengths do not fit together, or the positions are none of a page.</exception>
    public void Add(ReadOnlySpan<float> queries, KvPage page, KvPage next, int from, int to, Span<float> state, Span<float> mixed)
    {
        ReadOnlySpan<float> keys = page.Keys, values = page.Values;
        int headDim = keys.Length / PagePositions, heads = state.Length / StateFloats;
        if (keys.Length != headDim * PagePositions || values.Length != keys.Length || queries.Length != heads * headDim || mixed.Length != queries.Length
            || next.Keys.Length != keys.Length || next.Values.Length != keys.Length || state.Length != heads * StateFloats || from < 0 || to > PagePositions || from >= to)
        {
            throw new ArgumentException(
                $"Queries have {queries.Length} elements, keys {keys.Length}, values {values.Length}, state {state.Length}, mixed {mixed.Length}, and positions are {from} to {to} of {PagePositions}.");
        }

        // Safety: lengths are checked; tiles are of heads that are there.
        float* scores = stackalloc float[Tile * PagePositions];
        fixed (float* q = queries, k = keys, v = values, nextKeys = next.Keys, nextValues = next.Values, s = state, m = mixed)
        {
            int head = 0;
            for (; Avx512F.IsSupported && head + Tile <= heads; head += Tile)
            {
                AttentionKernels.Score4(q + (head * headDim), k, nextKeys, headDim, scale, scores);
                for (int i = head; i < head + Tile; i++)
                    Weigh(scores + ((i - head) * PagePositions), softCap, from, to, s + (i * StateFloats), m + (i * headDim), headDim);
                AttentionKernels.Mix4(scores, v, nextValues, headDim, from, to, m + (head * headDim));
            }
            for (; head < heads; head++)
            {
                float* own = m + (head * headDim);
                AttentionKernels.Score(q + (head * headDim), k, nextKeys, headDim, scale, scores);
                Weigh(scores, softCap, from, to, s + (head * StateFloats), own, headDim);
                AttentionKernels.Mix(scores, v, nextValues, headDim, from, to, own);
            }
        }
    }

    /// <summary>Divides by the sums of weights: mixed holds the result then.</summary>
    public static void End(ReadOnlySpan<float> state, Span<float> mixed)
    {
        int heads = state.Length / StateFloats, headDim = mixed.Length / heads;
        for (int head = 0; head < heads; head++)
            Elementwise.Scale(mixed.Slice(head * headDim, headDim), 1 / Vector256.Sum(Vector256.Create(state.Slice((head * StateFloats) + (StateFloats / 2), 8))));
    }

    /// <summary>Makes scores weights: their exponentials less the largest score so far, and brings what was mixed before to that.</summary>
    [MethodImpl(Hot.Loop)]
    private static void Weigh(float* scores, float softCap, int from, int to, float* state, float* mixed, int headDim)
    {
        var (a, b) = (Vector256.Load(scores), Vector256.Load(scores + 8));
        if (softCap > 0)
        {
            var (cap, share) = (Vector256.Create(softCap), Vector256.Create(1 / softCap));
            (a, b) = (cap * VectorMath.Tanh(a * share), cap * VectorMath.Tanh(b * share));
        }
        if (to - from < PagePositions)
        {
            var (first, last, none) = (Vector256.Create(from), Vector256.Create(to - 1), Vector256.Create(float.NegativeInfinity));
            var lanes = Vector256<int>.Indices;
            a = Vector256.ConditionalSelect((Vector256.LessThan(lanes, first) | Vector256.GreaterThan(lanes, last)).AsSingle(), none, a);
            lanes += Vector256.Create(8);
            b = Vector256.ConditionalSelect((Vector256.LessThan(lanes, first) | Vector256.GreaterThan(lanes, last)).AsSingle(), none, b);
        }

        var sums = Vector256.Load(state + 8);
        float most = Blocks.Lanes.Max(Vector256.Max(a, b));
        if (most > state[0])
        {
            var shrunk = VectorMath.Exp(Vector256.Create(state[0] - most));
            sums *= shrunk;
            int d = 0;
            for (; d + 8 <= headDim; d += 8)
                (Vector256.Load(mixed + d) * shrunk).Store(mixed + d);
            for (; d < headDim; d++)
                mixed[d] *= shrunk.ToScalar();
            state[0] = most;
        }
        var largest = Vector256.Create(state[0]);
        (a, b) = (VectorMath.Exp(a - largest), VectorMath.Exp(b - largest));
        a.Store(scores);
        b.Store(scores + 8);
        (sums + (a + b)).Store(state + 8);
    }
}

/// <summary>Keys and values of the positions of a page, for one of their heads: [headDim, positions] and [positions, headDim].</summary>
public readonly ref struct KvPage(ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
{
    public ReadOnlySpan<float> Keys { get; } = keys;

    public ReadOnlySpan<float> Values { get; } = values;
}
