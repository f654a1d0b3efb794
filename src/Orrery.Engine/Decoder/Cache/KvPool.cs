using Orrery.Tensors;

namespace Orrery.Engine.Decoder.Cache;

/// <summary>
/// Keys and values of all sequences that run, in pages of <see cref="PagePositions"/> positions, so that sequences of any length share one bounded
/// piece of memory. Allocated in whole, at once. Belongs to one thread.
/// <code>
///   keys    per layer [kvHeads, pages, headDim, PagePositions]     transposed: a page's positions are scored at once whatever the head size
///   values  per layer [kvHeads, pages, PagePositions, headDim]
/// </code>
/// Pages that were rented one after the other are mostly neighbours, which are read twice as fast as pieces of 4 KB with others between them.
/// </summary>
internal sealed class KvPool
{
    public const int PagePositions = FlashAttention.PagePositions;

    private const long DefaultBytes = 1L << 30;

    private readonly float[][] _keys, _values;

    /// <param name="range">The layers whose keys and values are kept.</param>
    public KvPool(DecoderConfig config, LayerRange range, int pages)
    {
        (KvHeads, HeadDim) = (config.KvHeads, config.HeadDim);
        Table = new PageTable(pages);
        int floats = config.KvDim * PagePositions * pages;
        _keys = Layers(range, floats);
        _values = Layers(range, floats);
    }

    /// <summary>Who uses which page.</summary>
    public PageTable Table { get; }

    public int Pages => Table.Count;

    /// <summary>That can be had, where need be for the price of what is only kept in case somebody asks again.</summary>
    public int FreePages => Table.Free;

    public int KvHeads { get; }

    public int HeadDim { get; }

    /// <summary>Pages that so many positions take.</summary>
    public static int PagesFor(int positions) => (int)(((long)positions + PagePositions - 1) / PagePositions);

    /// <summary>How many pages the options ask for: at least one context.</summary>
    public static int PagesOf(DecoderConfig config, LayerRange range, EngineOptions options)
    {
        int context = PagesFor(options.ContextFor(config.ContextTokens));
        long budget = options.KvCacheBytes ?? Math.Min(DefaultBytes, BytesNeeded(config, range, context) * options.MaxSequences);
        long fit = budget / BytesNeeded(config, range, pages: 1);
        return (int)Math.Clamp(fit, context, Math.Max(context, (long)context * options.MaxSequences));
    }

    public static long BytesNeeded(DecoderConfig config, LayerRange range, int pages)
        => 2L * sizeof(float) * range.Count * LargestArray(config, pages);

    /// <summary>Elements of the largest single array, which .NET bounds by <see cref="Array.MaxLength"/>.</summary>
    public static long LargestArray(DecoderConfig config, int pages) => (long)config.KvDim * PagePositions * pages;

    /// <summary>[headDim, PagePositions] of one head.</summary>
    /// <param name="layer">Counted from the first of the range.</param>
    public Span<float> Keys(int layer, int page, int kvHead) => Block(_keys[layer], page, kvHead);

    /// <summary>[PagePositions, headDim] of one head.</summary>
    public Span<float> Values(int layer, int page, int kvHead) => Block(_values[layer], page, kvHead);

    private Span<float> Block(float[] layer, int page, int kvHead)
    {
        int block = HeadDim * PagePositions;
        return layer.AsSpan(((kvHead * Pages) + page) * block, block);
    }

    private static float[][] Layers(LayerRange range, int floats) => [.. Enumerable.Range(0, range.Count).Select(_ => new float[floats])];
}
