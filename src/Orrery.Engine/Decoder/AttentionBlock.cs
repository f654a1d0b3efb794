using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Decoder.Positions;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>Attention over the cached positions of each row's sequence: normed → added.</summary>
internal sealed class AttentionBlock(DecoderConfig config, Workers workers)
{
    /// <summary>Parts of a pass that may be computed at the same time, each with scores of its own.</summary>
    public const int MostChunks = 16;

    /// <summary>Products that take some 5 µs: fewer are not worth handing out.</summary>
    private const long LeastProducts = 50_000;

    private readonly int _queriesPerKv = config.Heads / config.KvHeads;

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

    /// <summary>One row with the query heads of one key and value head.</summary>
    private void Look(DecoderBatch batch, int row, int kvHead, int layer, int window, float[]? sinks, Span<float> allScores)
    {
        var sequence = batch.Sequences[row];
        int last = batch.Positions[row];
        int first = window > 0 ? Math.Max(0, last - window + 1) : 0;
        int firstPage = first / KvPool.PagePositions, pages = (last / KvPool.PagePositions) + 1 - firstPage;
        int headDim = config.HeadDim;
        for (int head = kvHead * _queriesPerKv; head < (kvHead + 1) * _queriesPerKv; head++)
        {
            int at = (row * config.QueryDim) + (head * headDim);

            // Scored in whole pages; what lies outside of [first, last] is left out from here on.
            var scores = allScores[..(pages * KvPool.PagePositions)];
            for (int page = 0; page < pages; page++)
            {
                var keys = sequence.Pool.Keys(layer, sequence.Page(firstPage + page), kvHead);
                Attention.Scores(batch.Query.AsSpan(at, headDim), keys, config.AttentionScale, scores.Slice(page * KvPool.PagePositions, KvPool.PagePositions));
            }
            int unseen = first - (firstPage * KvPool.PagePositions);
            scores = scores[..(last + 1 - (firstPage * KvPool.PagePositions))];
            scores[..unseen].Clear();
            Weigh(scores[unseen..], sinks is null ? null : sinks[head]);

            var mixed = batch.Mixed.AsSpan(at, headDim);
            mixed.Clear();
            for (int page = 0; page < pages; page++)
            {
                int from = page * KvPool.PagePositions;
                var weights = scores[from..Math.Min(from + KvPool.PagePositions, scores.Length)];
                Attention.Mix(weights, sequence.Pool.Values(layer, sequence.Page(firstPage + page), kvHead), mixed);
            }
        }
    }

    private void Weigh(Span<float> scores, float? sink)
    {
        if (config.AttentionSoftCap > 0)
            Elementwise.SoftCap(scores, config.AttentionSoftCap);
        if (sink is { } logit)
            Softmax.ApplyWithSink(scores, logit);
        else
            Softmax.Apply(scores);
    }

    /// <summary>Rows and key heads in turns: so each chunk gets early and late positions.</summary>
    private readonly struct LookJob(AttentionBlock block, DecoderBatch batch, int layer, int window, float[]? sinks, int chunks) : IJob
    {
        public int Chunks => chunks;

        public void Run(int chunk)
        {
            var scores = batch.ScoresOf(chunk);
            for (int unit = chunk; unit < batch.Rows * block.KvHeads; unit += chunks)
                block.Look(batch, unit / block.KvHeads, unit % block.KvHeads, layer, window, sinks, scores);
        }
    }
}
