using System.Collections.Immutable;
using Orrery.Engine.Decoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures;

/// <summary>
/// How one family of decoder-only transformers is described by its files. A new one is a class here and a line in
/// <see cref="ArchitectureTable"/>: it takes what <see cref="Common"/> reads and changes what is its own.
/// </summary>
internal abstract class Architecture
{
    private const int MostDim = 1 << 20, MostFfnDim = 1 << 24, MostHeads = 1 << 12, MostLayers = 1 << 12, MostExperts = 1 << 12;

    /// <summary><c>general.architecture</c> of its GGUF files. Null: it has another name there, which belongs to another class.</summary>
    public abstract string? GgufName { get; }

    /// <summary><c>model_type</c> of its <c>config.json</c>.</summary>
    public abstract string JsonName { get; }

    /// <exception cref="InvalidModelFileException">Something is missing, does not fit together, or is not implemented.</exception>
    public abstract DecoderConfig Configure(ModelHeader header);

    /// <summary>How its weights are called where the common names do not hold.</summary>
    public virtual TensorNames Rename(TensorNames common, bool isGguf) => common;

    /// <summary>How transformers names its modules, which adapters are written in. Where a GGUF name stands for several families the config tells them apart.</summary>
    public virtual TensorNames Modules(DecoderConfig config) => Rename(TensorNames.HuggingFace(""), isGguf: false);

    /// <summary>What all families have in common, as plain llama has it.</summary>
    protected static DecoderConfig Common(ModelHeader header)
    {
        int dim = header.Whole(Key.Dim, MostDim);
        int heads = header.Whole(Key.Heads, MostHeads);
        int kvHeads = (int)(header.Find(Key.KvHeads, 1, heads) ?? heads);
        int headDim = header.Whole(Key.HeadDim, MostHeads, fallback: dim / heads);
        if (headDim is < 1 or > MostHeads)
            throw header.Invalid(Key.Heads, $"is {heads} for an embedding of {dim}, which leaves heads of {headDim}");
        if (heads % kvHeads != 0)
            throw header.Invalid(Key.KvHeads, $"is {kvHeads}, which does not divide the {heads} query heads");
        if (header.IsGguf && header.Find(Key.ValueDim, 1, MostHeads) is { } valueDim && valueDim != headDim)
            throw header.Invalid(Key.ValueDim, $"is {valueDim}; values of another size than keys ({headDim}) are not implemented", "Use another model.");
        float epsilon = header.Number(Key.NormEpsilon) ?? (header.IsGguf ? throw header.Missing(Key.NormEpsilon) : 1e-6f);
        if (epsilon < 0)
            throw header.Invalid(Key.NormEpsilon, $"is {epsilon}; it must be 0 or more");

        var experts = Experts(header);
        int ffnDim = experts is null ? header.Whole(Key.FfnDim, MostFfnDim) : 0;
        var rope = header.Rope(headDim);
        var layer = new LayerConfig(rope, ffnDim, Window: 0, experts);
        return new DecoderConfig
        {
            Architecture = header.Architecture,
            Dim = dim,
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            Vocabulary = header.Vocabulary,
            ContextTokens = rope.Stretched(header.Whole(Key.ContextTokens, int.MaxValue)),
            Layers = [.. Enumerable.Repeat(layer, header.Whole(Key.Layers, MostLayers))],
            NormEpsilon = epsilon,
            AttentionScale = 1 / MathF.Sqrt(headDim),
            RopeHalves = true,
            QkvBias = header.Truth(Key.QkvBias) ?? false,
            Activation = ActivationOf(header),
            TiedOutput = header.Truth(Key.TiedOutput) ?? false,
        };
    }

    /// <summary>Changes every layer.</summary>
    protected static ImmutableArray<LayerConfig> EachLayer(DecoderConfig config, Func<LayerConfig, int, LayerConfig> change)
        => [.. config.Layers.Select(change)];

    /// <summary>
    /// Layers that see only a window. <c>layer_types</c> names them; where that is absent <paramref name="isFull"/> says.
    /// </summary>
    protected static ImmutableArray<LayerConfig> Windows(ModelHeader header, DecoderConfig config, int window, Func<int, bool> isFull)
    {
        if (header.Texts(Key.LayerTypes) is not { } types)
            return EachLayer(config, (layer, i) => isFull(i) ? layer : layer with { Window = window });
        if (types.Length != config.Layers.Length)
            throw header.Invalid(Key.LayerTypes, $"has {types.Length} entries for {config.Layers.Length} layers");
        return EachLayer(config, (layer, i) => types[i] switch
        {
            "full_attention" => layer,
            "sliding_attention" => layer with { Window = window },
            var other => throw header.Invalid(Key.LayerTypes, $"names {other}; full_attention and sliding_attention work", "Use another model."),
        });
    }

    /// <summary>The window that the file names; 0 when it names none.</summary>
    protected static int WindowOf(ModelHeader header) => (int)(header.Find(Key.Window, 0, int.MaxValue) ?? 0);

    /// <summary>The number that a query-key product is divided by the root of.</summary>
    protected static float ScaleOf(ModelHeader header, DecoderConfig config)
    {
        if (header.Number(Key.QueryScale) is not { } divisor)
            return config.AttentionScale;
        return divisor > 0 ? 1 / MathF.Sqrt(divisor) : throw header.Invalid(Key.QueryScale, $"is {divisor}; it must be above 0");
    }

    private static ExpertsConfig? Experts(ModelHeader header)
    {
        if (header.Find(Key.Experts, 0, MostExperts) is not (> 0 and var count))
            return null;
        int used = header.Whole(Key.ExpertsUsed, (int)count);
        int dim = header.Find(Key.ExpertDim, 0, MostFfnDim) is > 0 and var own ? (int)own : header.Whole(Key.FfnDim, MostFfnDim);
        return new ExpertsConfig((int)count, used, dim, Normalise: header.Truth(Key.NormaliseExperts) ?? true);
    }

    private static Activation ActivationOf(ModelHeader header) => header.Text(Key.Activation) switch
    {
        null or "silu" or "swish" => Activation.Silu,
        "gelu_pytorch_tanh" or "gelu_new" => Activation.GeluTanh,
        "gelu" => Activation.Gelu,
        var other => throw header.Invalid(Key.Activation, $"is {other}, which is not implemented", "Activations that work: silu, gelu, gelu_pytorch_tanh."),
    };
}
