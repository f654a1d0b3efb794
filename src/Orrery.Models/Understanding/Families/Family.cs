namespace Orrery.Models.Understanding.Families;

/// <summary>
/// What a config leaves unsaid about its model type: who made it, and how its layers are built. The initial values are those of llama;
/// a config that says otherwise wins.
/// </summary>
/// <param name="ModelType"><c>model_type</c> of config.json.</param>
internal sealed record Family(string ModelType)
{
    public string? Vendor { get; init; }

    /// <summary>The same family under other names: further model types, and <c>general.architecture</c> of GGUF files.</summary>
    public string[] Aliases { get; init; } = [];

    public FamilyRole Role { get; init; }

    /// <summary>The feed-forward part has a gate: three matrices instead of two.</summary>
    public bool Gated { get; init; } = true;

    public bool QkvBias { get; init; }

    public bool OutputBias { get; init; }

    public bool FfnBias { get; init; }

    /// <summary>Norms have a bias beside the weight.</summary>
    public bool NormBias { get; init; }

    /// <summary>The last matrix has one.</summary>
    public bool HeadBias { get; init; }

    /// <summary><c>attention_bias</c> is about query, key and value alone.</summary>
    public bool BiasIsQkvOnly { get; init; }

    /// <summary>As wide as the hidden state, in each layer.</summary>
    public int Norms { get; init; } = 2;

    public HeadNorm HeadNorm { get; init; }

    /// <summary>Whether the output matrix is the embedding where the config does not say.</summary>
    public bool Tied { get; init; }

    /// <summary>Positions are looked up in a table.</summary>
    public bool LearnedPositions { get; init; }

    public WindowRule Windows { get; init; }

    /// <summary>With <see cref="WindowRule.AllButEvery"/>: each so-manieth layer sees everything, where the config does not say.</summary>
    public int FullEvery { get; init; }

    /// <summary>With experts: a logit for each head that takes part in the softmax, biases in experts and router.</summary>
    public bool IsGptOss { get; init; }

    /// <summary>Half of <c>intermediate_size</c> is the width.</summary>
    public bool HalvedFfn { get; init; }

    /// <summary>A shared expert has a gate of its own.</summary>
    public bool GatedSharedExpert { get; init; }

    /// <summary>The router adds a bias to each expert.</summary>
    public bool RouterBias { get; init; }
}

internal enum FamilyRole
{
    Decoder,
    Encoder,
    EncoderDecoder,

    /// <summary>Hears and writes: wav2vec2.</summary>
    Speech,

    /// <summary>Sees, and has no text beyond labels: CLIP's towers, ViT.</summary>
    Image,

    /// <summary>Speaks: VITS.</summary>
    Voice,
}

/// <summary>Norms on queries and keys.</summary>
internal enum HeadNorm
{
    None,

    /// <summary>One weight for all heads: head_dim each.</summary>
    PerHead,

    /// <summary>All heads together.</summary>
    Whole,
}

/// <summary>Which layers see only a window, where <c>layer_types</c> does not say.</summary>
internal enum WindowRule
{
    /// <summary>None does, whatever <c>sliding_window</c> says.</summary>
    None,

    /// <summary>All, where <c>sliding_window</c> is set.</summary>
    Every,

    /// <summary>Those from <c>max_window_layers</c> on, where <c>use_sliding_window</c> is true.</summary>
    Flagged,

    /// <summary>The first and then every second.</summary>
    Even,

    /// <summary>All but each so-manieth.</summary>
    AllButEvery,
}
