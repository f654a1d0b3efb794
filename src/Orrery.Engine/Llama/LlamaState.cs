namespace Orrery.Engine.Llama;

/// <summary>
/// What changes while one sequence runs: the KV cache and scratch space. All of it is allocated here, none of it later,
/// and how much follows from the config alone.
/// </summary>
internal sealed class LlamaState(LlamaConfig config, int contextTokens)
{
    /// <summary>Positions in the cache: a multiple of what one vector scores at once, at least the context.</summary>
    public int Capacity { get; } = CapacityFor(contextTokens);

    /// <summary>Positions computed so far.</summary>
    public int Position { get; set; }

    public float[][] Keys { get; } = Cache(config, contextTokens);      // per layer [kvHeads, headDim, capacity]
    public float[][] Values { get; } = Cache(config, contextTokens);    // per layer [kvHeads, capacity, headDim]

    public float[] Hidden { get; } = new float[config.Dim];             // [dim]
    public float[] Normed { get; } = new float[config.Dim];             // [dim]
    public float[] Added { get; } = new float[config.Dim];              // [dim]: what a block adds to the hidden state
    public float[] Query { get; } = new float[config.QueryDim];         // [heads, headDim]
    public float[] Key { get; } = new float[config.KvDim];              // [kvHeads, headDim]
    public float[] Value { get; } = new float[config.KvDim];            // [kvHeads, headDim]
    public float[] Mixed { get; } = new float[config.QueryDim];         // [heads, headDim]
    public float[] Scores { get; } = new float[CapacityFor(contextTokens)];
    public float[] Gate { get; } = new float[config.FfnDim];            // [ffnDim]
    public float[] Up { get; } = new float[config.FfnDim];              // [ffnDim]
    public float[] RopeCos { get; } = new float[config.RopeDims];
    public float[] RopeSin { get; } = new float[config.RopeDims];
    public float[] Logits { get; } = new float[config.Vocabulary];      // [vocabulary], of the last position that asked for them

    public static long BytesNeeded(LlamaConfig config, int contextTokens)
    {
        long cache = 2L * config.Layers * config.KvDim * CapacityFor(contextTokens);
        long scratch = (3L * config.Dim) + (2L * config.QueryDim) + (2L * config.KvDim) + CapacityFor(contextTokens)
            + (2L * config.FfnDim) + (2L * config.RopeDims) + config.Vocabulary;
        return sizeof(float) * (cache + scratch);
    }

    /// <summary>Elements of the largest single array, which .NET bounds by <see cref="Array.MaxLength"/>.</summary>
    public static long LargestArray(LlamaConfig config, int contextTokens) => (long)config.KvDim * CapacityFor(contextTokens);

    private static int CapacityFor(int contextTokens) => (contextTokens + 7) / 8 * 8;

    private static float[][] Cache(LlamaConfig config, int contextTokens)
        => [.. Enumerable.Range(0, config.Layers).Select(_ => new float[config.KvDim * CapacityFor(contextTokens)])];
}
