using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Decoder.Positions;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>Attention over the cached positions of each row's sequence: normed → added.</summary>
internal sealed class AttentionBlock(DecoderConfig config, Workers workers)
{
    /// <summary>Parts of a pass that may be computed at the same time, each with memory of its own.</summary>
    public const int MostChunks = 16;

    /// <summary>Rows that look at a page while it is in the first-level cache.</summary>
    private const int MostRows = 16;

    /// <summary>Elements of <see cref="DecoderBatch.AttentionStateOf"/>.</summary>
    public static int StateFloats(DecoderConfig config) => MostRows * (config.Heads / config.KvHeads) * FlashAttention.StateFloats;

    /// <summary>Products that take some 5 µs: fewer are not worth handing out.</summary>
    private const long LeastProducts = 50_000;

    private readonly int _queriesPerKv = config.Heads / config.KvHeads;
    private readonly FlashAttention _attention = new(config.AttentionScale, config.AttentionSoftCap);

    private int KvHeads => config.KvHeads;

    /// <param name="index">The layer, counted from the first of the range.</param>
    public void Apply(DecoderBatch batch, int index, LayerConfig layer, LayerWeights own, RopeTables.Rows rope)
    {
        var normed = batch.Normed.AsSpan(0, batch.Rows * config.Dim);
        var query = batch.Query.AsSpan(0, batch.Rows * config.QueryDim);
        var key = batch.Key.AsSpan(0, batch.Rows * config.KvDim);
        var value = batch.Value.AsSpan(0, key.Length);
        var rounded = own.Query.Round(normed, workers);
        own.Query.Apply(rounded, query, batch.Adapters, workers);
        own.Key.Apply(rounded, key, batch.Adapters, workers);
        own.Value.Apply(rounded, value, batch.Adapters, workers);
        Prepare(query, own.QueryNorm, rope, config.QueryDim);
        Prepare(key, own.KeyNorm, rope, config.KvDim);
        if (config.QkvClip > 0)
            Elementwise.Clamp(value, config.QkvClip);

        // All rows are kept before any looks: rows of one sequence see those before them.
        for (int row = 0; row < batch.Rows; row++)
            Remember(batch, row, index);
        var job = new LookJob(this, batch, index, layer.Window, own.Sinks, Chunks(batch));
        workers.Run(ref job, job.Chunks);
        own.AttentionOutput.Apply(batch.Mixed.AsSpan(0, query.Length), batch.Added.AsSpan(0, normed.Length), batch.Adapters, workers);
    }

    private void Prepare(Span<float> rows, float[]? norm, RopeTables.Rows rope, int width)
    {
        for (int at = 0; norm is not null && at < rows.Length; at += norm.Length)
            RmsNorm.Apply(rows.Slice(at, norm.Length), norm, config.NormEpsilon, rows.Slice(at, norm.Length));
        if (config.QkvClip > 0)
            Elementwise.Clamp(rows, config.QkvClip);
        for (int row = 0; row < rows.Length / width; row++)
        {
            var heads = rows.Slice(row * width, width);
            if (config.RopeHalves)
                Rope.RotateHalves(heads, config.HeadDim, rope.Cos(row), rope.Sin(row));
            else
                Rope.Rotate(heads, config.HeadDim, rope.Cos(row), rope.Sin(row));
        }
    }

    private void Remember(DecoderBatch batch, int row, int layer)
    {
        var sequence = batch.Sequences[row];
        var (page, at) = Math.DivRem(batch.Positions[row], KvPool.PagePositions);
        int headDim = config.HeadDim;
        for (int head = 0; head < config.KvHeads; head++)
        {
            int first = (row * config.KvDim) + (head * headDim);
            batch.Value.AsSpan(first, headDim).CopyTo(sequence.Pool.Values(layer, sequence.Page(page), head)[(at * headDim)..]);
            var keys = sequence.Pool.Keys(layer, sequence.Page(page), head);
            for (int d = 0; d < headDim; d++)
                keys[(d * KvPool.PagePositions) + at] = batch.Key[first + d];
        }
    }

    private int Chunks(DecoderBatch batch)
    {
        long products = 0;
        foreach (int position in batch.Positions)
            products += 2L * config.QueryDim * (position + 1);
        return workers.Count == 1 ? 1 : (int)Math.Clamp(products / LeastProducts, 1, Math.Min(MostChunks, 4 * workers.Count));
    }

    /// <summary>Rows of one sequence, with the query heads of one key and value head, over all pages that any of them sees.</summary>
    private void Look(DecoderBatch batch, int firstRow, int rows, int kvHead, int layer, int window, float[]? sinks, Span<float> state)
    {
        var sequence = batch.Sequences[firstRow];
        var heads = sinks is null ? default : sinks.AsSpan(kvHead * _queriesPerKv, _queriesPerKv);
        for (int i = 0; i < rows; i++)
            FlashAttention.Begin(heads, StateOf(state, i), HeadsOf(batch.Mixed, firstRow + i, kvHead));

        int firstPage = FirstSeen(batch.Positions[firstRow], window) / KvPool.PagePositions, lastPage = batch.Positions[firstRow + rows - 1] / KvPool.PagePositions;
        var current = PageOf(sequence, firstPage, layer, kvHead);
        for (int page = firstPage; page <= lastPage; page++)
        {
            var next = page < lastPage ? PageOf(sequence, page + 1, layer, kvHead) : current;
            for (int i = 0; i < rows; i++)
            {
                int last = batch.Positions[firstRow + i], before = page * KvPool.PagePositions;
                int from = Math.Max(0, FirstSeen(last, window) - before), to = Math.Min(KvPool.PagePositions, last + 1 - before);
                if (from < to)
                    _attention.Add(HeadsOf(batch.Query, firstRow + i, kvHead), current, next, from, to, StateOf(state, i), HeadsOf(batch.Mixed, firstRow + i, kvHead));
            }
            current = next;
        }
        for (int i = 0; i < rows; i++)
            FlashAttention.End(StateOf(state, i), HeadsOf(batch.Mixed, firstRow + i, kvHead));
    }

    private static KvPage PageOf(KvSequence sequence, int page, int layer, int kvHead)
        => new(sequence.Pool.Keys(layer, sequence.Page(page), kvHead), sequence.Pool.Values(layer, sequence.Page(page), kvHead));

    private static int FirstSeen(int position, int window) => window > 0 ? Math.Max(0, position - window + 1) : 0;

    private Span<float> HeadsOf(float[] rows, int row, int kvHead)
        => rows.AsSpan((row * config.QueryDim) + (kvHead * _queriesPerKv * config.HeadDim), _queriesPerKv * config.HeadDim);

    private Span<float> StateOf(Span<float> state, int row) => state.Slice(row * _queriesPerKv * FlashAttention.StateFloats, _queriesPerKv * FlashAttention.StateFloats);

    /// <summary>Rows that follow one another and key heads in turns: so each chunk gets early and late positions.</summary>
    private readonly struct LookJob(AttentionBlock block, DecoderBatch batch, int layer, int window, float[]? sinks, int chunks) : IJob
    {
        // Fewer rows together where there would be too few units for the chunks. It changes no result.
        private readonly int _rowsEach = Math.Clamp(batch.Rows * block.KvHeads / (2 * chunks), 1, MostRows);

        public int Chunks => chunks;

        public void Run(int chunk)
        {
            var state = batch.AttentionStateOf(chunk);
            int groups = (batch.Rows + _rowsEach - 1) / _rowsEach;
            for (int unit = chunk; unit < groups * block.KvHeads; unit += chunks)
            {
                int row = unit / block.KvHeads * _rowsEach, end = Math.Min(row + _rowsEach, batch.Rows);
                while (row < end)
                {
                    int rows = 1;
                    while (row + rows < end && batch.Sequences[row + rows] == batch.Sequences[row])
                        rows++;
                    block.Look(batch, row, rows, unit % block.KvHeads, layer, window, sinks, state);
                    row += rows;
                }
            }
        }
    }
}
