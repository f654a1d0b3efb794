using System.Collections.Immutable;
using Orrery.Engine.Architectures;
using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Positions;
using Orrery.Models;
using Orrery.Tensors;

namespace Orrery.Engine.Conversion;

/// <summary>The weights of a decoder from Hugging Face's files as tensors of a GGUF file: where each goes, and what is done to its rows.</summary>
internal sealed class GgufTensorsOf(IModelSource source, DecoderConfig config, TensorNames from, TensorNames to, bool neighbours)
{
    private readonly List<ConvertedTensor> _all = [];

    /// <param name="neighbours">Rows of query and key are moved so that dimensions which are turned together are neighbours.</param>
    public static IReadOnlyList<ConvertedTensor> Read(IModelSource source, DecoderConfig config, TensorNames from, TensorNames to, bool neighbours)
        => new GgufTensorsOf(source, config, from, to, neighbours).All();

    /// <summary>What GGUF keeps as divisors of frequencies, by the tensor's name.</summary>
    public static IReadOnlyDictionary<string, float[]> Divisors(DecoderConfig config)
    {
        var rope = config.Layers.MinBy(layer => layer.Window)!.Rope;
        switch (rope.Scaling)
        {
            case RopeScaling.Llama3:
                double[] plain = RopeTable.Frequencies(rope with { Scaling = null }, config.ContextTokens), scaled = RopeTable.Frequencies(rope, config.ContextTokens);
                return new Dictionary<string, float[]> { ["rope_freqs.weight"] = [.. plain.Zip(scaled, (a, b) => (float)(a / b))] };
            case RopeScaling.Long longer:
                return new Dictionary<string, float[]> { ["rope_factors_short.weight"] = [.. longer.Short], ["rope_factors_long.weight"] = [.. longer.Beyond] };
            default:
                return new Dictionary<string, float[]>();
        }
    }

    private List<ConvertedTensor> All()
    {
        Copy(from.Embedding, to.Embedding);
        Norm(from.OutputNorm, to.OutputNorm);
        if (!config.TiedOutput && source.Has(from.Output))
            Copy(from.Output, to.Output);
        foreach (var (name, values) in Divisors(config))
            _all.Add(new ConvertedTensor(name, name, [values.Length], new Values(values), DType.F32));
        for (int i = 0; i < config.Layers.Length; i++)
            Layer(config.Layers[i], from.Layer(i), to.Layer(i));
        return _all;
    }

    private void Layer(LayerConfig layer, string old, string own)
    {
        // :: Attention
        Norm(old + from.AttentionNorm, own + to.AttentionNorm);
        if (config.FusedQkv && source.Has(old + from.Qkv + ".weight"))
        {
            Linear(old + from.Qkv, own + to.Qkv);
        }
        else
        {
            Heads(old + from.Query, own + to.Query);
            Heads(old + from.Key, own + to.Key);
            Linear(old + from.Value, own + to.Value);
        }
        if (config.QueryKeyNorm != QueryKeyNorm.None)
        {
            Norm(old + from.QueryNorm, own + to.QueryNorm);
            Norm(old + from.KeyNorm, own + to.KeyNorm);
        }
        if (config.AttentionSinks)
            Copy(old + from.Sinks, own + to.Sinks);
        Linear(old + from.AttentionOutput, own + to.AttentionOutput);
        if (config.PostNorms)
            Norm(old + from.PostAttentionNorm, own + to.PostAttentionNorm);

        // :: Feed-forward
        Norm(old + from.FfnNorm, own + to.FfnNorm);
        if (layer.Experts is { } experts)
            Experts(experts, old, own);
        else
            Ffn(old, own);
        if (config.PostNorms)
            Norm(old + from.PostFfnNorm, own + to.PostFfnNorm);
    }

    private void Ffn(string old, string own)
    {
        if (config.FusedGateUp)
        {
            Linear(old + from.GateUp, own + to.GateUp);
        }
        else
        {
            Linear(old + from.Gate, own + to.Gate);
            Linear(old + from.Up, own + to.Up);
        }
        Linear(old + from.Down, own + to.Down);
    }

    private void Experts(ExpertsConfig experts, string old, string own)
    {
        var stacked = (ExpertNames.Stacked)to.Experts;
        Linear(old + from.Router, own + to.Router);
        if (from.Experts is ExpertNames.Single single)
        {
            foreach (var (name, target) in new[] { (single.Gate, stacked.Gate), (single.Up, stacked.Up), (single.Down, stacked.Down) })
                Stack([.. Enumerable.Range(0, experts.Count).Select(e => $"{old}{single.Expert(e)}{name}.weight")], $"{own}{target}.weight");
        }
        else if (from.Experts is ExpertNames.Interleaved turns)
        {
            foreach (var (first, target) in new[] { (0, stacked.Gate), (1, stacked.Up) })
            {
                EverySecond(old + turns.GateUp, $"{own}{target}.weight", experts, first);
                Turns(old + turns.GateUpBias, $"{own}{target}.bias", experts, first);
            }
            Copy(old + turns.Down, $"{own}{stacked.Down}.weight");
            Copy(old + turns.DownBias, $"{own}{stacked.Down}.bias");
        }
        if (experts.SharedDim > 0)
        {
            Linear(old + from.SharedRouter, own + to.SharedRouter);
            Linear(old + from.SharedGate, own + to.SharedGate);
            Linear(old + from.SharedUp, own + to.SharedUp);
            Linear(old + from.SharedDown, own + to.SharedDown);
        }
    }

    private void Linear(string old, string own)
    {
        Copy(old + ".weight", own + ".weight");
        if (source.Has(old + ".bias"))
            Copy(old + ".bias", own + ".bias");
    }

    /// <summary>Weights whose rows are heads that positions turn.</summary>
    private void Heads(string old, string own)
    {
        if (!neighbours)
        {
            Linear(old, own);
            return;
        }
        int half = config.HeadDim / 2;
        int OldRow(int row) => (row / config.HeadDim * config.HeadDim) + (row % 2 * half) + (row % config.HeadDim / 2);

        var weight = source.Rows(old + ".weight");
        Add(old + ".weight", own + ".weight", [weight.Rows, weight.Cols], new MovedRows(weight, weight.Rows, OldRow));
        if (source.Has(old + ".bias"))
        {
            var bias = source.Rows(old + ".bias");
            Add(old + ".bias", own + ".bias", [bias.Cols], new MovedColumns(bias, bias.Cols, OldRow));
        }
    }

    private void Stack(string[] olds, string own)
    {
        var experts = Array.ConvertAll(olds, source.Rows);
        Add(olds[0], own, [experts.Length, experts[0].Rows, experts[0].Cols], new StackedRows(experts));
    }

    private void EverySecond(string old, string own, ExpertsConfig experts, int first)
    {
        var both = source.Rows(old);
        Add(old, own, [experts.Count, experts.Dim, both.Cols], new MovedRows(both, both.Rows / 2, row => (2 * row) + first));
    }

    /// <summary>The same of biases [experts, 2 * dim], where what comes in turns are columns.</summary>
    private void Turns(string old, string own, ExpertsConfig experts, int first)
    {
        var both = source.Rows(old);
        Add(old, own, [experts.Count, experts.Dim], new MovedColumns(both, experts.Dim, col => (2 * col) + first));
    }

    private void Norm(string old, string own)
    {
        var rows = source.Rows(old);
        Add(old, own, [rows.Cols], config.NormPlusOne ? new PlusOne(rows) : rows);
    }

    private void Copy(string old, string own) => Add(old, own, source.Find(old)?.Shape ?? [], source.Rows(old));

    private void Add(string old, string own, ImmutableArray<long> shape, WeightRows rows)
    {
        // A matrix of one row is a vector there.
        while (shape is [1, _, ..])
            shape = shape.RemoveAt(0);
        _all.Add(new ConvertedTensor(own, old, shape, rows, source.Find(old)!.Type!));
    }
}

/// <param name="Origin">What it is called in the source; of several the first.</param>
/// <param name="Type">That the source has it in.</param>
internal sealed record ConvertedTensor(string Name, string Origin, ImmutableArray<long> Shape, WeightRows Rows, DType Type);
