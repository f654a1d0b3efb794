using Orrery.Engine.Adapters;
using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine;

/// <summary>What a model will take of this machine's memory, known from headers before anything is allocated. All in bytes.</summary>
/// <param name="MappedWeights">Weights read from mapped files: they need not be in memory at once, but every token reads them.</param>
/// <param name="OwnedWeights">Weights that are converted at load, and so allocated.</param>
/// <param name="KvCache">Keys and values of all sequences: at least <paramref name="ContextTokens"/> positions.</param>
/// <param name="Scratch">What a forward pass works in.</param>
public sealed record MemoryPlan(string File, int ContextTokens, long MappedWeights, long OwnedWeights, long KvCache, long Scratch)
{
    /// <summary>Weights of adapters, which are kept in f32.</summary>
    public long Adapters { get; init; }

    public long Total => MappedWeights + OwnedWeights + Adapters + KvCache + Scratch;

    /// <summary>Elements of the largest array that will be asked for, which .NET bounds.</summary>
    internal long LargestArray { get; init; }

    /// <exception cref="ModelTooLargeException">It does not fit into so much memory.</exception>
    public void Check(long availableBytes)
    {
        if (Total > availableBytes || LargestArray > Array.MaxLength)
            throw new ModelTooLargeException(this, availableBytes);
    }

    internal static MemoryPlan For(string file, DecoderConfig config, LayerRange range, EngineOptions options, long mapped, long owned, AdapterFiles adapters)
    {
        int context = options.ContextFor(config.ContextTokens);
        int pages = KvPool.PagesOf(config, range, options);
        return new MemoryPlan(
            file,
            context,
            mapped,
            owned,
            KvPool.BytesNeeded(config, range, pages),
            DecoderBatch.BytesNeeded(config, options.BatchTokens, options.LogitRows, adapters.Sizes))
        {
            Adapters = adapters.BytesIn(range, config.Layers.Length),
            LargestArray = Math.Max(KvPool.LargestArray(config, pages), (long)options.BatchTokens * Math.Max(config.Dim, Math.Max(config.QueryDim, 2 * config.WidestFfn))),
        };
    }
}
