using Orrery.Engine.Decoder.Positions;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>
/// The forward pass of a decoder-only transformer (arXiv 1706.03762, 2302.13971), or of a range of its layers, without
/// allocating. What comes out for a row depends on its sequence alone, not on what else is in the batch, to the last bit.
/// <code>
///   tokens -> embedding -> [ norm -> attention -> + -> norm -> feed-forward or experts -> + ] x layers -> norm -> output -> logits
/// </code>
/// </summary>
internal sealed class DecoderModel
{
    private readonly DecoderWeights _weights;
    private readonly RopeTables _rope;
    private readonly AttentionBlock _attention;
    private readonly FeedForwardBlock _feedForward;
    private readonly Workers _workers;

    /// <param name="maxRows">Of the batches it is given.</param>
    /// <param name="contextTokens">That it is served with.</param>
    /// <param name="workers">Who computes. How many they are does not change what comes out.</param>
    public DecoderModel(DecoderConfig config, DecoderWeights weights, LayerRange range, int maxRows, int contextTokens, Workers workers)
    {
        (Config, _weights, Range, _workers) = (config, weights, range, workers);
        _rope = new RopeTables(config, range, maxRows, contextTokens);
        _attention = new AttentionBlock(config, workers);
        _feedForward = new FeedForwardBlock(config, workers);
    }

    public DecoderConfig Config { get; }

    public LayerRange Range { get; }

    public bool IsFirst => Range.First == 0;

    public bool IsLast => Range.End == Config.Layers.Length;

    /// <summary>Computes the batch's rows. Hidden states of a part that is not the first stand in <see cref="DecoderBatch.Hidden"/> already.</summary>
    public void Forward(DecoderBatch batch)
    {
        // :: Embedding
        if (IsFirst)
            Embed(batch);
        _rope.Fill(batch.Positions);

        // :: Layers
        var hidden = batch.Hidden.AsSpan(0, batch.Rows * Config.Dim);
        var normed = batch.Normed.AsSpan(0, hidden.Length);
        var added = batch.Added.AsSpan(0, hidden.Length);
        for (int i = 0; i < _weights.Layers.Length; i++)
        {
            var (layer, own) = (Config.Layers[Range.First + i], _weights.Layers[i]);
            Norm(hidden, own.AttentionNorm, normed);
            _attention.Apply(batch, i, layer, own, _rope.Of(layer));
            AddTo(hidden, added, own.PostAttentionNorm);

            Norm(hidden, own.FfnNorm, normed);
            _feedForward.Apply(batch, layer, own);
            AddTo(hidden, added, own.PostFfnNorm);
        }

        // :: Logits
        if (IsLast && batch.LogitCount > 0)
            Output(batch);
    }

    /// <summary>What the last layer leaves of one row, normalised, [dim]: what embeddings are made of.</summary>
    public void FinalHidden(DecoderBatch batch, int row, Span<float> to)
        => RmsNorm.Apply(batch.Hidden.AsSpan(row * Config.Dim, Config.Dim), _weights.OutputNorm!, Config.NormEpsilon, to);

    private void Embed(DecoderBatch batch)
    {
        for (int row = 0; row < batch.Rows; row++)
            _weights.Embedding!.Value.CopyRow(batch.Tokens[row], batch.Hidden.AsSpan(row * Config.Dim, Config.Dim));
        if (Config.EmbeddingScale != 1)
            Elementwise.Scale(batch.Hidden.AsSpan(0, batch.Rows * Config.Dim), Config.EmbeddingScale);
    }

    private void Norm(ReadOnlySpan<float> rows, float[] weight, Span<float> to)
    {
        for (int at = 0; at < rows.Length; at += Config.Dim)
            RmsNorm.Apply(rows.Slice(at, Config.Dim), weight, Config.NormEpsilon, to.Slice(at, Config.Dim));
    }

    private void AddTo(Span<float> hidden, Span<float> added, float[]? norm)
    {
        if (norm is not null)
            Norm(added, norm, added);
        if (Config.ResidualScale != 1)
            Elementwise.Scale(added, Config.ResidualScale);
        Elementwise.Add(hidden, added);
    }

    private void Output(DecoderBatch batch)
    {
        for (int i = 0; i < batch.LogitCount; i++)
            FinalHidden(batch, batch.LogitRows[i], batch.Normed.AsSpan(i * Config.Dim, Config.Dim));
        var logits = batch.Logits.AsSpan(0, batch.LogitCount * Config.Vocabulary);
        _weights.Output!.Apply(batch.Normed.AsSpan(0, batch.LogitCount * Config.Dim), logits, batch.LogitAdapters, _workers);
        if (Config.LogitScale != 1)
            Elementwise.Scale(logits, Config.LogitScale);
        if (Config.LogitSoftCap > 0)
            Elementwise.SoftCap(logits, Config.LogitSoftCap);
    }
}
