namespace Orrery.Engine.Llama;

/// <summary>How one kind of file names the weights. Names of a layer stand behind <see cref="Layer"/>.</summary>
internal sealed record LlamaNames
{
    public required string Embedding { get; init; }
    public required string OutputNorm { get; init; }
    public required string Output { get; init; }
    public required Func<int, string> Layer { get; init; }
    public required string AttentionNorm { get; init; }
    public required string Query { get; init; }
    public required string Key { get; init; }
    public required string Value { get; init; }
    public required string AttentionOutput { get; init; }
    public required string FfnNorm { get; init; }
    public required string Gate { get; init; }
    public required string Up { get; init; }
    public required string Down { get; init; }

    /// <summary>Tensors that hold nothing to compute with.</summary>
    public Func<string, bool> IsIdle { get; init; } = _ => false;
}
