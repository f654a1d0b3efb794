using Orrery.Tensors;

namespace Orrery.Engine.Llama;

/// <summary>
/// The forward pass of llama (arXiv 2302.13971, 2307.09288), one token at a time, on the calling thread, without allocating.
/// <code>
///   token -> embedding -> [ norm -> attention -> + -> norm -> feed-forward -> + ] x layers -> norm -> output -> logits
/// </code>
/// </summary>
internal sealed class LlamaModel(LlamaConfig config, LlamaWeights weights)
{
    private readonly float _scoreScale = 1 / MathF.Sqrt(config.HeadDim);

    public LlamaConfig Config { get; } = config;

    /// <summary>Computes the next position of the state's sequence.</summary>
    /// <param name="wantLogits">False for prompt tokens but the last: the output matrix is the largest one.</param>
    public void Forward(LlamaState state, int token, bool wantLogits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(state.Position, state.Capacity);

        // :: Embedding
        weights.Embedding.CopyRow(token, state.Hidden);
        Rope.Angles(state.Position, Config.RopeBase, state.RopeCos, state.RopeSin);

        // :: Layers
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            Attend(state, layer);
            FeedForward(state, weights.Layers[layer]);
        }
        state.Position++;

        // :: Logits
        if (!wantLogits)
            return;
        RmsNorm.Apply(state.Hidden, weights.OutputNorm, Config.NormEpsilon, state.Normed);
        weights.Output.Multiply(state.Normed, state.Logits);
    }

    private void Attend(LlamaState state, int layer)
    {
        var own = weights.Layers[layer];
        RmsNorm.Apply(state.Hidden, own.AttentionNorm, Config.NormEpsilon, state.Normed);
        own.Query.Multiply(state.Normed, state.Query);
        own.Key.Multiply(state.Normed, state.Key);
        own.Value.Multiply(state.Normed, state.Value);
        Turn(state.Query, state);
        Turn(state.Key, state);
        Remember(state, layer);

        int headDim = Config.HeadDim;
        int cached = headDim * state.Capacity;                          // elements of one KV head in either cache
        int positions = state.Position + 1;
        int queriesPerKv = Config.Heads / Config.KvHeads;
        for (int head = 0; head < Config.Heads; head++)
        {
            int first = head / queriesPerKv * cached;
            var query = state.Query.AsSpan(head * headDim, headDim);

            // Scored in whole vectors; what lies beyond the last position is left out from here on.
            var scores = state.Scores.AsSpan(0, (positions + 7) / 8 * 8);
            Attention.Scores(query, state.Keys[layer].AsSpan(first, cached), _scoreScale, scores);
            scores = scores[..positions];
            Softmax.Apply(scores);
            Attention.Mix(scores, state.Values[layer].AsSpan(first, cached), state.Mixed.AsSpan(head * headDim, headDim));
        }

        own.AttentionOutput.Multiply(state.Mixed, state.Added);
        Elementwise.Add(state.Hidden, state.Added);
    }

    private void Turn(float[] heads, LlamaState state)
    {
        if (Config.RopeHalves)
            Rope.RotateHalves(heads, Config.HeadDim, state.RopeCos, state.RopeSin);
        else
            Rope.Rotate(heads, Config.HeadDim, state.RopeCos, state.RopeSin);
    }

    private void Remember(LlamaState state, int layer)
    {
        int headDim = Config.HeadDim;
        for (int head = 0; head < Config.KvHeads; head++)
        {
            int first = head * headDim * state.Capacity;
            state.Value.AsSpan(head * headDim, headDim).CopyTo(state.Values[layer].AsSpan(first + (state.Position * headDim)));
            var keys = state.Keys[layer].AsSpan(first, headDim * state.Capacity);
            for (int d = 0; d < headDim; d++)
                keys[(d * state.Capacity) + state.Position] = state.Key[(head * headDim) + d];
        }
    }

    private void FeedForward(LlamaState state, LlamaWeights.Layer own)
    {
        RmsNorm.Apply(state.Hidden, own.FfnNorm, Config.NormEpsilon, state.Normed);
        own.Gate.Multiply(state.Normed, state.Gate);
        own.Up.Multiply(state.Normed, state.Up);
        Elementwise.SiluMul(state.Gate, state.Up);
        own.Down.Multiply(state.Gate, state.Added);
        Elementwise.Add(state.Hidden, state.Added);
    }
}
