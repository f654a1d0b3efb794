using Orrery.Engine.Architectures;
using Orrery.Models;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>Takes the weights of a range of layers out of a model's files.</summary>
internal sealed class DecoderWeightReader
{
    private readonly TensorTaker _tensors;
    private readonly DecoderConfig _config;
    private readonly TensorNames _names;

    private DecoderWeightReader(IModelSource source, DecoderConfig config, TensorNames names)
        => (_tensors, _config, _names) = (new TensorTaker(source, names.IsIdle), config, names);

    /// <exception cref="InvalidModelFileException">A tensor is missing, has another shape or a type without kernels, or there is one without a place.</exception>
    public static DecoderWeights Read(IModelSource source, DecoderConfig config, TensorNames names, LayerRange range)
        => new DecoderWeightReader(source, config, names).Read(range);

    private DecoderWeights Read(LayerRange range)
    {
        bool hasOutput = _tensors.Has(_names.Output) && !_config.TiedOutput;
        bool first = range.First == 0, last = range.End == _config.Layers.Length;
        Matrix? embedding = first || (last && !hasOutput) ? _tensors.Take(_names.Embedding, _config.Vocabulary, _config.Dim) : null;
        var weights = new DecoderWeights
        {
            Embedding = first ? embedding : null,
            OutputNorm = last ? Norm(_names.OutputNorm, _config.Dim) : null,
            Output = !last ? null : hasOutput ? Linear(Stem(_names.Output), _config.Vocabulary, _config.Dim) : new Projection(embedding!.Value),
            Layers = [.. Enumerable.Range(range.First, range.Count).Select(Layer)],
        };

        _tensors.RefuseLeftOver(_config.Architecture, isOfOthers: name => !_names.IsIn(name, range, _config.Layers.Length) || name == _names.Embedding || name == _names.Output);
        return weights;
    }

    private LayerWeights Layer(int index)
    {
        string prefix = _names.Layer(index);
        var layer = _config.Layers[index];
        float[] attentionNorm = Norm(prefix + _names.AttentionNorm, _config.Dim);
        var (query, key, value) = Qkv(prefix);
        var (normQuery, normKey) = _config.QueryKeyNorm switch
        {
            QueryKeyNorm.Heads => (_config.HeadDim, _config.HeadDim),
            QueryKeyNorm.Whole => (_config.QueryDim, _config.KvDim),
            _ => (0, 0),
        };
        return new LayerWeights
        {
            AttentionNorm = attentionNorm,
            Query = query,
            Key = key,
            Value = value,
            QueryNorm = normQuery > 0 ? Norm(prefix + _names.QueryNorm, normQuery) : null,
            KeyNorm = normKey > 0 ? Norm(prefix + _names.KeyNorm, normKey) : null,
            Sinks = _config.AttentionSinks ? _tensors.Vector(prefix + _names.Sinks, _config.Heads) : null,
            AttentionOutput = Linear(prefix + _names.AttentionOutput, _config.Dim, _config.QueryDim),
            PostAttentionNorm = _config.PostNorms ? Norm(prefix + _names.PostAttentionNorm, _config.Dim) : null,
            FfnNorm = Norm(prefix + _names.FfnNorm, _config.Dim),
            Ffn = layer.Experts is null ? Ffn(prefix, layer.FfnDim) : null,
            Experts = layer.Experts is { } experts ? Experts(prefix, experts) : null,
            PostFfnNorm = _config.PostNorms ? Norm(prefix + _names.PostFfnNorm, _config.Dim) : null,
        };
    }

    private (Projection Query, Projection Key, Projection Value) Qkv(string prefix)
    {
        var (q, kv) = (_config.QueryDim, _config.KvDim);
        if (!_config.FusedQkv || !_tensors.Has(prefix + _names.Qkv + ".weight"))
        {
            return (
                Linear(prefix + _names.Query, q, _config.Dim, _config.QkvBias), Linear(prefix + _names.Key, kv, _config.Dim, _config.QkvBias),
                Linear(prefix + _names.Value, kv, _config.Dim, _config.QkvBias));
        }
        var fused = Linear(prefix + _names.Qkv, q + (2 * kv), _config.Dim, _config.QkvBias);
        return (fused.Rowset(0, q), fused.Rowset(q, kv), fused.Rowset(q + kv, kv));
    }

    private FfnWeights Ffn(string prefix, int dim)
    {
        FfnWeights Of(Projection gate, Projection up) => new(gate, up, FfnLinear(prefix + _names.Down, _config.Dim, dim));
        if (!_config.FusedGateUp)
            return Of(FfnLinear(prefix + _names.Gate, dim, _config.Dim), FfnLinear(prefix + _names.Up, dim, _config.Dim));
        var fused = FfnLinear(prefix + _names.GateUp, 2 * dim, _config.Dim);
        return Of(fused.Rowset(0, dim), fused.Rowset(dim, dim));
    }

    private ExpertWeights Experts(string prefix, ExpertsConfig experts)
    {
        bool shared = experts.SharedDim > 0;
        return new ExpertWeights(
            Linear(prefix + _names.Router, experts.Count, _config.Dim),
            Each(prefix, experts),
            shared
                ? new FfnWeights(
                    Linear(prefix + _names.SharedGate, experts.SharedDim, _config.Dim), Linear(prefix + _names.SharedUp, experts.SharedDim, _config.Dim),
                    Linear(prefix + _names.SharedDown, _config.Dim, experts.SharedDim))
                : null,
            shared ? Linear(prefix + _names.SharedRouter, 1, _config.Dim) : null);
    }

    private FfnWeights[] Each(string prefix, ExpertsConfig experts)
    {
        var (count, dim, ffn) = (experts.Count, _config.Dim, experts.Dim);
        switch (_names.Experts)
        {
            case ExpertNames.Stacked names:
                var (gates, ups, downs) = (Stack(prefix + names.Gate, count, ffn, dim), Stack(prefix + names.Up, count, ffn, dim), Stack(prefix + names.Down, count, dim, ffn));
                return [.. Enumerable.Range(0, count).Select(e => new FfnWeights(gates[e], ups[e], downs[e]))];
            case ExpertNames.Single names:
                return [.. Enumerable.Range(0, count).Select(e => prefix + names.Expert(e)).Select(one =>
                    new FfnWeights(Linear(one + names.Gate, ffn, dim), Linear(one + names.Up, ffn, dim), Linear(one + names.Down, dim, ffn)))];
            case ExpertNames.Interleaved names:
                var gateUps = Stack(prefix + names.GateUp, prefix + names.GateUpBias, count, 2 * ffn, dim);
                var outs = Stack(prefix + names.Down, prefix + names.DownBias, count, dim, ffn);
                return [.. Enumerable.Range(0, count).Select(e => new FfnWeights(gateUps[e], null, outs[e]))];
            default:
                throw new InvalidOperationException($"{_names.Experts} is no known way to store experts.");
        }
    }

    /// <summary>A linear map; its bias and scale where the file has them.</summary>
    /// <param name="name">Without <c>.weight</c>.</param>
    private Projection Linear(string name, int rows, int cols, bool needsBias = false)
    {
        var weight = _tensors.Take(name + ".weight", rows, cols);
        float[]? bias = needsBias || _tensors.Has(name + ".bias") ? _tensors.Vector(name + ".bias", rows) : null;
        return new Projection(weight, bias, _tensors.Has(name + ".scale") ? _tensors.Vector(name + ".scale", 1)[0] : 1);
    }

    /// <summary>The same in a feed-forward part, where llama.cpp scales the bias as well.</summary>
    private Projection FfnLinear(string name, int rows, int cols)
    {
        var linear = Linear(name, rows, cols);
        return linear.Bias is { } bias && linear.Scale != 1 ? linear with { Bias = [.. bias.Select(value => linear.Scale * value)] } : linear;
    }

    private Projection[] Stack(string name, int experts, int rows, int cols)
    {
        var stack = Stack(name + ".weight", _tensors.Has(name + ".bias") ? name + ".bias" : null, experts, rows, cols);
        return _tensors.Has(name + ".scale") && _tensors.Vector(name + ".scale", experts) is { } scales ? [.. stack.Select((one, e) => one with { Scale = scales[e] })] : stack;
    }

    private Projection[] Stack(string weightName, string? biasName, int experts, int rows, int cols)
    {
        var weights = _tensors.Take(weightName, experts, rows, cols);
        Matrix? biases = biasName is not null ? _tensors.Take(biasName, experts, rows) : null;
        return [.. Enumerable.Range(0, experts).Select(e => new Projection(weights.RowRange(e * rows, rows), biases is { } all ? TensorTaker.Row(all, e) : null))];
    }

    private float[] Norm(string name, int length)
    {
        float[] norm = _tensors.Vector(name, length);
        for (int i = 0; _config.NormPlusOne && i < norm.Length; i++)
            norm[i] += 1;
        return norm;
    }

    private static string Stem(string name) => name[..^".weight".Length];
}
