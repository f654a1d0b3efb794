namespace Orrery.Tensors.Tests;

public sealed class FlashAttentionTests
{
    private const int Page = FlashAttention.PagePositions;

    /// <summary>Heads, their size, the first position that is seen, and how many there are.</summary>
    public static TheoryData<int, int, int, int> Shapes => new(
        from heads in new[] { 1, 3, 4, 8, 9 }
        from headDim in new[] { 4, 5, 8, 16, 23, 64, 80, 128 }
        from seen in new[] { (0, 1), (0, 16), (5, 16), (3, 50), (21, 64), (0, 97) }
        select (heads, headDim, seen.Item1, seen.Item2));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void It_is_the_softmax_of_scores_times_values(int heads, int headDim, int first, int positions)
    {
        foreach (var (softCap, sinks) in new[] { (0f, Array.Empty<float>()), (2f, []), (0f, Numbers.Floats(heads, seed: 9)) })
        {
            var cache = new Cache(headDim, positions);
            float[] queries = Numbers.Floats(heads * headDim, seed: 1, scale: 3);

            float[] mixed = Attend(queries, cache, headDim, first, softCap, sinks);

            for (int head = 0; head < heads; head++)
            {
                double[] expected = Define(queries.AsSpan(head * headDim, headDim), cache, first, positions, softCap, sinks.Length == 0 ? null : sinks[head]);
                for (int d = 0; d < headDim; d++)
                    Assert.Equal(expected[d], mixed[(head * headDim) + d], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(23)]
    [InlineData(80)]
    public void Heads_together_give_the_bits_of_heads_alone(int headDim)
    {
        const int Heads = 7;
        var cache = new Cache(headDim, positions: 75);
        float[] queries = Numbers.Floats(Heads * headDim, seed: 1, scale: 3);

        float[] together = Attend(queries, cache, headDim, first: 2, softCap: 0, []);

        for (int head = 0; head < Heads; head++)
            Assert.Equal(Attend(queries[(head * headDim)..((head + 1) * headDim)], cache, headDim, first: 2, softCap: 0, []), together[(head * headDim)..((head + 1) * headDim)]);
    }

    [Fact]
    public void What_stands_at_positions_that_are_not_seen_does_not_matter()
    {
        const int HeadDim = 16, Heads = 5;
        float[] queries = Numbers.Floats(Heads * HeadDim, seed: 1);
        Cache clean = new(HeadDim, positions: 40), dirty = new(HeadDim, positions: 40);
        foreach (int position in (int[])[0, 1, 2, 40, 47])
            dirty.Spoil(position);

        Assert.Equal(Attend(queries, clean, HeadDim, first: 3, softCap: 0, []), Attend(queries, dirty, HeadDim, first: 3, softCap: 0, []));
    }

    [Fact]
    public void Scores_of_any_size_give_finite_weights()
    {
        var cache = new Cache(headDim: 8, positions: 33);

        float[] mixed = Attend(Numbers.Floats(8, seed: 1, scale: 1e20f), cache, headDim: 8, first: 0, softCap: 0, []);

        Assert.All(mixed, value => Assert.InRange(value, -1, 1));
    }

    [Theory]
    [InlineData(15, 128, 128, 16, 0, 16)]
    [InlineData(16, 127, 128, 16, 0, 16)]
    [InlineData(16, 256, 128, 16, 0, 16)]
    [InlineData(16, 256, 256, 15, 0, 16)]
    [InlineData(16, 256, 256, 16, 0, 17)]
    [InlineData(16, 256, 256, 16, 4, 4)]
    [InlineData(16, 256, 256, 16, -1, 4)]
    public void Lengths_and_positions_that_do_not_fit_are_refused(int query, int keys, int values, int mixed, int from, int to)
    {
        float[] k = new float[keys], v = new float[values];

        Assert.Throws<ArgumentException>(() => new FlashAttention(1).Add(
            new float[query], new KvPage(k, v), new KvPage(k, v), from, to, new float[FlashAttention.StateFloats], new float[mixed]));
    }

    private static float[] Attend(float[] queries, Cache cache, int headDim, int first, float softCap, float[] sinks)
    {
        float[] state = new float[queries.Length / headDim * FlashAttention.StateFloats], mixed = new float[queries.Length];
        var attention = new FlashAttention(0.5f, softCap);
        FlashAttention.Begin(sinks, state, mixed);
        for (int page = first / Page; page * Page < cache.Positions; page++)
        {
            int from = Math.Max(0, first - (page * Page)), to = Math.Min(Page, cache.Positions - (page * Page));
            attention.Add(queries, cache.Of(page), cache.Of((page + 1) * Page < cache.Positions ? page + 1 : page), from, to, state, mixed);
        }
        FlashAttention.End(state, mixed);
        return mixed;
    }

    private static double[] Define(ReadOnlySpan<float> query, Cache cache, int first, int positions, float softCap, float? sink)
    {
        var scores = new double[positions];
        for (int t = first; t < positions; t++)
        {
            for (int d = 0; d < query.Length; d++)
                scores[t] += 0.5 * query[d] * cache.Keys(t / Page)[(d * Page) + (t % Page)];
            scores[t] = softCap > 0 ? softCap * Math.Tanh(scores[t] / softCap) : scores[t];
        }
        double most = scores.Skip(first).Append(sink ?? double.NegativeInfinity).Max(), sum = sink is { } logit ? Math.Exp(logit - most) : 0;
        var mixed = new double[query.Length];
        for (int t = first; t < positions; t++)
        {
            double weight = Math.Exp(scores[t] - most);
            sum += weight;
            for (int d = 0; d < query.Length; d++)
                mixed[d] += weight * cache.Values(t / Page)[(t % Page * query.Length) + d];
        }
        return Array.ConvertAll(mixed, value => value / sum);
    }

    /// <summary>Keys and values between -1 and 1, in whole pages.</summary>
    private sealed class Cache(int headDim, int positions)
    {
        private readonly float[] _keys = Numbers.Floats((positions + Page - 1) / Page * Page * headDim, seed: 2), _values = Numbers.Floats((positions + Page - 1) / Page * Page * headDim, seed: 3);

        public int Positions => positions;

        public ReadOnlySpan<float> Keys(int page) => _keys.AsSpan(page * Page * headDim, Page * headDim);

        public ReadOnlySpan<float> Values(int page) => _values.AsSpan(page * Page * headDim, Page * headDim);

        public KvPage Of(int page) => new(Keys(page), Values(page));

        public void Spoil(int position)
        {
            for (int d = 0; d < headDim; d++)
            {
                _keys[(position / Page * Page * headDim) + (d * Page) + (position % Page)] = float.NaN;
                _values[(position * headDim) + d] = float.NaN;
            }
        }
    }
}
