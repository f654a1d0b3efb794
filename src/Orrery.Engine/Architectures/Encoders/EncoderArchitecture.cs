using Orrery.Engine.Encoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures.Encoders;

/// <summary>
/// How one family of post-norm encoders is described by its files. A new one is a class here and a line in <see cref="EncoderTable"/>.
/// </summary>
internal abstract class EncoderArchitecture
{
    private const int MostDim = 1 << 20, MostFfnDim = 1 << 24, MostHeads = 1 << 12, MostLayers = 1 << 12, MostTypes = 1 << 12;

    private static readonly Key Dim = new("embedding_length", "hidden_size", "dim");
    private static readonly Key Layers = new("block_count", "num_hidden_layers", "n_layers");
    private static readonly Key Heads = new("attention.head_count", "num_attention_heads", "n_heads");
    private static readonly Key FfnDim = new("feed_forward_length", "intermediate_size", "hidden_dim");
    private static readonly Key NormEpsilon = new("attention.layer_norm_epsilon", "layer_norm_eps");
    private static readonly Key Activation = new(null, "hidden_act", "activation");
    private static readonly Key PositionKind = new(null, "position_embedding_type");
    private static readonly Key IsCausal = new("attention.causal", "is_decoder");
    private static readonly Key TokenTypeCount = new(null, "type_vocab_size");

    /// <summary><c>general.architecture</c> of its GGUF files. Null: it has another name there, which belongs to another class.</summary>
    public abstract string? GgufName { get; }

    /// <summary><c>model_type</c> of its <c>config.json</c>.</summary>
    public abstract string JsonName { get; }

    /// <summary>What stands in front of its tensors' names where a model has heads too.</summary>
    protected abstract string Prefix { get; }

    /// <exception cref="InvalidModelFileException">Something is missing, does not fit together, or is not implemented.</exception>
    public virtual EncoderConfig Configure(ModelHeader header, IModelSource source)
    {
        int dim = header.Whole(Dim, MostDim), heads = header.Whole(Heads, MostHeads);
        if (dim % heads != 0)
            throw header.Invalid(Heads, $"is {heads}, which does not divide the embedding of {dim}");
        float epsilon = header.Number(NormEpsilon) ?? (header.IsGguf ? throw header.Missing(NormEpsilon) : 1e-12f);
        if (epsilon < 0)
            throw header.Invalid(NormEpsilon, $"is {epsilon}; it must be 0 or more");
        if (header.Text(Activation) is not (null or "gelu") and var activation)
            throw header.Invalid(Activation, $"is {activation}, which is not implemented", "Use a model with gelu.");
        if (header.Text(PositionKind) is not (null or "absolute") and var kind)
            throw header.Invalid(PositionKind, $"is {kind}, which is not implemented", "Use a model with absolute positions.");
        if (header.Truth(IsCausal) is true)
            throw header.Invalid(IsCausal, "is true: texts are seen from one side only, which is not implemented for encoders", "Use another model.");
        return new EncoderConfig
        {
            Architecture = header.Architecture,
            Dim = dim,
            Heads = heads,
            FfnDim = header.Whole(FfnDim, MostFfnDim),
            Layers = header.Whole(Layers, MostLayers),
            Vocabulary = header.Vocabulary,
            Positions = header.Whole(Key.ContextTokens, MostFfnDim),
            TokenTypes = TokenTypes(header, source),
            NormEpsilon = epsilon,
        };
    }

    public virtual EncoderNames NamesIn(ModelHeader header, IModelSource source)
    {
        if (header.IsGguf)
            return EncoderNames.Gguf;
        var names = EncoderNames.HuggingFace(Prefix);
        return source.Has(names.Tokens) ? names : EncoderNames.HuggingFace("");
    }

    /// <summary>GGUF counts one type also where there is no table.</summary>
    private static int TokenTypes(ModelHeader header, IModelSource source)
    {
        if (!header.IsGguf)
            return header.Whole(TokenTypeCount, MostTypes, fallback: 2);
        return source.Find(EncoderNames.Gguf.TokenTypes) is { } table ? (int)Math.Clamp(table.Shape is [var types, _] ? types : 1, 1, MostTypes) : 0;
    }
}
