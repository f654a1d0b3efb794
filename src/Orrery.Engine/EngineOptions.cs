using Orrery.Engine.Adapters;
using Orrery.Tensors;

namespace Orrery.Engine;

/// <summary>How a model runs. Read once, at load.</summary>
public sealed record EngineOptions
{
    /// <summary>Requests that may wait while others run; more are refused with <see cref="QueueFullException"/>. Default 64.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>Requests that run at once, a token each in every pass; texts do not depend on it. Default 16.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>Prompt and continuation together, at most; a model made for less keeps its own limit. Default 8192.</summary>
    public int MaxContextTokens { get; init; } = 8192;

    /// <summary>
    /// Memory for keys and values of all sequences together, in bytes; at least one whole context always fits. Sequences that outgrow it wait and are
    /// computed again. Null, the default: for <see cref="MaxSequences"/> whole contexts, but no more than 1 GiB.
    /// </summary>
    public long? KvCacheBytes { get; init; }

    /// <summary>The start of a prompt that is still in the cache is not computed again. Texts do not depend on it. Default true.</summary>
    public bool PrefixCache { get; init; } = true;

    /// <summary>Rows of one forward pass: how much of a prompt is computed at once. Default 64.</summary>
    public int BatchTokens { get; init; } = 64;

    /// <summary>
    /// Tokens that a sequence may draft, to be computed in the pass of its last known one: those that the sampler then chooses too are kept, so texts do
    /// not depend on it. It pays for texts that repeat themselves, where a pass of some rows takes far less than that many passes of one: with weights in
    /// Q4_0, Q4_1 or Q8_0 on processors with AVX-512. Beside other sequences drafts give way: a pass with some has at most one row more than this. Up
    /// to 64. Default 0: none.
    /// </summary>
    public int Speculate { get; init; }

    /// <summary>Threads that compute. 0, the default: as many as there are processors. How many they are does not change what comes out.</summary>
    public int Threads { get; init; }

    /// <summary>Weights of float types are converted to this one at load. Null, the default: they stay in the file as they are.</summary>
    public DType? Quantize { get; init; }

    /// <summary>Adapters that requests may choose from; at most <see cref="AdapterPath.Most"/>. Their weights are read at load, into memory. Default none.</summary>
    public IReadOnlyList<AdapterPath> Adapters { get; init; } = [];

    /// <summary>How embeddings are pooled. Null, the default: as the model's files say; where they say nothing, encoders by the mean and decoders by the last token.</summary>
    public Pooling? Pooling { get; init; }

    public IEnumerable<string> Problems()
    {
        if (QueueLength is < 0 or > 65_536)
            yield return $"engine.queueLength: {QueueLength} must be between 0 and 65536";
        if (MaxContextTokens is < 1 or > 1 << 22)
            yield return $"engine.maxContextTokens: {MaxContextTokens} must be between 1 and {1 << 22}";
        if (MaxSequences is < 1 or > 256)
            yield return $"engine.maxSequences: {MaxSequences} must be between 1 and 256";
        if (KvCacheBytes < 0)
            yield return $"engine.kvCacheBytes: {KvCacheBytes} must be 0 or more";
        if (BatchTokens is < 1 or > 4096)
            yield return $"engine.batchTokens: {BatchTokens} must be between 1 and 4096";
        if (Speculate is < 0 or > 64)
            yield return $"engine.speculate: {Speculate} must be between 0 and 64";
        if (Threads is < 0 or > 256)
            yield return $"engine.threads: {Threads} must be between 0 and 256";
        foreach (string problem in AdapterPath.Problems(Adapters))
            yield return problem;
    }

    internal int ThreadCount => Threads == 0 ? Math.Min(Environment.ProcessorCount, 256) : Threads;

    /// <summary>Rows of a pass of which logits may be wanted.</summary>
    internal int LogitRows => Math.Max(MaxSequences, 1 + Speculate);

    internal int ContextFor(int modelTokens) => Math.Min(modelTokens, MaxContextTokens);
}
