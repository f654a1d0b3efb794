using Orrery.Tensors;

namespace Orrery.Engine.Encoder;

/// <summary>
/// The forward pass of a post-norm encoder (arXiv 1706.03762, 1810.04805): on the calling thread, without allocating. Every position sees all of its
/// text. What comes out for a text does not depend on what else is in the batch, to the last bit.
/// <code>
///   tokens -> embeddings -> norm -> [ attention -> + -> norm -> feed-forward -> + -> norm ] x layers
/// </code>
/// </summary>
internal sealed class EncoderModel(EncoderConfig config, EncoderWeights weights)
{
    private readonly float _scale = 1 / MathF.Sqrt(config.HeadDim);

    public EncoderConfig Config => config;

    /// <summary>Computes the batch's rows; they stand in <see cref="EncoderBatch.Hidden"/> then.</summary>
    /// <param name="unwanted">Asked before every piece of work.</param>
    /// <returns>False: given up.</returns>
    public bool Forward(EncoderBatch batch, Func<bool> unwanted)
    {
        Embed(batch);
        foreach (var layer in weights.Layers)
        {
            // Keys and values of all rows before any row changes.
            for (int row = 0; row < batch.Rows; row += batch.ChunkRows)
            {
                if (unwanted())
                    return false;
                Remember(batch, layer, row, Math.Min(batch.ChunkRows, batch.Rows - row));
            }
            for (int row = 0; row < batch.Rows; row += batch.ChunkRows)
            {
                if (unwanted())
                    return false;
                Change(batch, layer, row, Math.Min(batch.ChunkRows, batch.Rows - row));
            }
        }
        return true;
    }

    private void Embed(EncoderBatch batch)
    {
        var position = batch.Mixed.AsSpan(0, config.Dim);
        for (int row = 0; row < batch.Rows; row++)
        {
            var hidden = Rows(batch.Hidden, row, 1);
            weights.Tokens.CopyRow(batch.Tokens[row], hidden);
            if (weights.TokenType is { } type)
                Elementwise.Add(hidden, type);
            weights.Positions.CopyRow(config.FirstPosition + row - batch.TextOf(row).First, position);
            Elementwise.Add(hidden, position);
        }
        Norm(Rows(batch.Hidden, 0, batch.Rows), weights.EmbeddingNorm);
    }

    private void Remember(EncoderBatch batch, EncoderLayerWeights layer, int firstRow, int rows)
    {
        var hidden = Rows(batch.Hidden, firstRow, rows);
        var projected = Rows(batch.Projected, 0, rows);
        layer.Key.Apply(hidden, projected);
        for (int row = 0; row < rows; row++)
        {
            var (first, length) = batch.TextOf(firstRow + row);
            var keys = Rows(batch.Keys, first, length);
            int at = firstRow + row - first;
            for (int d = 0; d < config.Dim; d++)
                keys[(d * length) + at] = projected[(row * config.Dim) + d];
        }

        layer.Value.Apply(hidden, projected);
        for (int row = 0; row < rows; row++)
        {
            var (first, length) = batch.TextOf(firstRow + row);
            var values = Rows(batch.Values, first, length);
            int at = firstRow + row - first;
            for (int head = 0; head < config.Heads; head++)
                projected.Slice((row * config.Dim) + (head * config.HeadDim), config.HeadDim).CopyTo(values[(((head * length) + at) * config.HeadDim)..]);
        }
    }

    private void Change(EncoderBatch batch, EncoderLayerWeights layer, int firstRow, int rows)
    {
        var hidden = Rows(batch.Hidden, firstRow, rows);
        var projected = Rows(batch.Projected, 0, rows);
        var mixed = Rows(batch.Mixed, 0, rows);

        // :: Attention
        layer.Query.Apply(hidden, projected);
        for (int row = 0; row < rows; row++)
            Look(batch, batch.TextOf(firstRow + row), Rows(projected, row, 1), Rows(mixed, row, 1));
        layer.AttentionOutput.Apply(mixed, projected);
        Elementwise.Add(hidden, projected);
        Norm(hidden, layer.AttentionNorm);

        // :: Feed-forward
        var wide = batch.Wide.AsSpan(0, rows * config.FfnDim);
        layer.Up.Apply(hidden, wide);
        Activations.Gelu(wide);
        layer.Down.Apply(wide, projected);
        Elementwise.Add(hidden, projected);
        Norm(hidden, layer.FfnNorm);
    }

    private void Look(EncoderBatch batch, (int First, int Length) text, ReadOnlySpan<float> query, Span<float> mixed)
    {
        var keys = Rows(batch.Keys, text.First, text.Length);
        var values = Rows(batch.Values, text.First, text.Length);
        var scores = batch.Scores.AsSpan(0, text.Length);
        mixed.Clear();
        int headDim = config.HeadDim, head = headDim * text.Length;
        for (int i = 0; i < config.Heads; i++)
        {
            Attention.Scores(query.Slice(i * headDim, headDim), keys.Slice(i * head, head), _scale, scores);
            Softmax.Apply(scores);
            Attention.Mix(scores, values.Slice(i * head, head), mixed.Slice(i * headDim, headDim));
        }
    }

    private void Norm(Span<float> rows, NormWeights norm)
    {
        for (int at = 0; at < rows.Length; at += config.Dim)
            LayerNorm.Apply(rows.Slice(at, config.Dim), norm.Weight, norm.Bias, config.NormEpsilon, rows.Slice(at, config.Dim));
    }

    private Span<float> Rows(Span<float> rows, int first, int count) => rows.Slice(first * config.Dim, count * config.Dim);
}
