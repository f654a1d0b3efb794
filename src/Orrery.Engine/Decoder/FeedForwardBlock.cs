using Orrery.Engine.Decoder.Adapters;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>The feed-forward part of a layer, or the experts in its place: normed → added.</summary>
internal sealed class FeedForwardBlock(DecoderConfig config, Workers workers)
{
    public void Apply(DecoderBatch batch, LayerConfig layer, LayerWeights own)
    {
        int length = batch.Rows * config.Dim;
        if (own.Ffn is { } ffn)
            Through(ffn, batch, batch.Normed.AsSpan(0, length), batch.Added.AsSpan(0, length), batch.Adapters);
        else
            Mix(batch, layer.Experts!, own.Experts!);
    }

    /// <param name="from">[n, dim].</param>
    /// <param name="to">[n, dim], overwritten.</param>
    /// <param name="adapters">Of the n rows.</param>
    private void Through(FfnWeights ffn, DecoderBatch batch, ReadOnlySpan<float> from, Span<float> to, RowAdapters adapters)
    {
        int rows = from.Length / config.Dim;
        var gate = batch.Gate.AsSpan(0, rows * ffn.Gate.Rows);
        var rounded = ffn.Gate.Round(from, workers);
        ffn.Gate.Apply(rounded, gate, adapters, workers);
        if (ffn.Up is { } weights)
        {
            var up = batch.Up.AsSpan(0, gate.Length);
            weights.Apply(rounded, up, adapters, workers);
            Activate(gate, up);
            ffn.Down.Apply(gate, to, adapters, workers);
        }
        else
        {
            var gates = batch.Mid.AsSpan(0, gate.Length / 2);
            var ups = batch.Up.AsSpan(0, gate.Length / 2);
            for (int i = 0; i < gates.Length; i++)
                (gates[i], ups[i]) = (gate[2 * i], gate[(2 * i) + 1]);
            Activate(gates, ups);
            ffn.Down.Apply(gates, to, adapters, workers);
        }
    }

    private void Activate(Span<float> gate, ReadOnlySpan<float> up)
    {
        switch (config.Activation)
        {
            case Activation.Silu:
                Activations.SiluMul(gate, up);
                break;
            case Activation.GeluTanh:
                Activations.GeluTanhMul(gate, up);
                break;
            case Activation.Gelu:
                Activations.GeluMul(gate, up);
                break;
            case Activation.ClampedSwiglu:
                Activations.ClampedSwiglu(gate, up, config.GateLimit);
                break;
        }
    }

    private void Mix(DecoderBatch batch, ExpertsConfig experts, ExpertWeights weights)
    {
        var routing = batch.Routing!;
        int length = batch.Rows * config.Dim;
        var normed = batch.Normed.AsSpan(0, length);
        var added = batch.Added.AsSpan(0, length);

        // :: Routing
        var chosen = routing.Weights.AsSpan(0, batch.Rows * experts.Count);
        weights.Router.Apply(normed, chosen, batch.Adapters, workers);
        for (int row = 0; row < batch.Rows; row++)
            ExpertRouting.Choose(chosen.Slice(row * experts.Count, experts.Count), experts.Used, experts.Normalise);

        // :: Experts, each once for all rows that chose it
        if (weights.Shared is { } shared)
            Share(batch, shared, weights.SharedRouter);
        else
            added.Clear();
        for (int expert = 0; expert < experts.Count; expert++)
        {
            int rows = Gather(batch.Rows, expert, experts.Count, normed, routing);
            if (rows == 0)
                continue;
            var outputs = routing.Outputs.AsSpan(0, rows * config.Dim);
            Through(weights.Each[expert], batch, routing.Inputs.AsSpan(0, outputs.Length), outputs, batch.Adapters.Of(routing.Rows.AsSpan(0, rows), routing.Adapters));
            for (int i = 0; i < rows; i++)
            {
                int row = routing.Rows[i];
                Elementwise.AddScaled(added.Slice(row * config.Dim, config.Dim), outputs.Slice(i * config.Dim, config.Dim), chosen[(row * experts.Count) + expert]);
            }
        }
    }

    /// <summary>Copies the inputs of the rows that chose an expert side by side.</summary>
    private int Gather(int rows, int expert, int experts, ReadOnlySpan<float> normed, ExpertRouting routing)
    {
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            if (routing.Weights[(row * experts) + expert] == 0)
                continue;
            normed.Slice(row * config.Dim, config.Dim).CopyTo(routing.Inputs.AsSpan(count * config.Dim));
            routing.Rows[count++] = row;
        }
        return count;
    }

    /// <summary>The expert that every row goes through, behind a gate of its own.</summary>
    private void Share(DecoderBatch batch, FfnWeights shared, Projection? router)
    {
        int length = batch.Rows * config.Dim;
        var normed = batch.Normed.AsSpan(0, length);
        var added = batch.Added.AsSpan(0, length);
        Through(shared, batch, normed, added, batch.Adapters);
        if (router is null)
            return;
        Span<float> gate = stackalloc float[1];
        for (int row = 0; row < batch.Rows; row++)
        {
            router.Apply(normed.Slice(row * config.Dim, config.Dim), gate, batch.Adapters.At(row), workers);
            Elementwise.Scale(added.Slice(row * config.Dim, config.Dim), 1 / (1 + MathF.Exp(-gate[0])));
        }
    }
}
