using Orrery.Engine.Decoder.Adapters;
using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine.Decoder;

/// <summary>
/// The rows of one forward pass, and its scratch space. A row is the next position of a sequence; a batch mixes any rows of any sequences, several
/// of one in their order. All memory is allocated here, none later, and how much follows from the config alone. Arrays are [rows, width].
/// </summary>
internal sealed class DecoderBatch
{
    private readonly int[] _tokens, _positions, _logitRows;
    private readonly KvSequence[] _sequences;
    private readonly float[][] _attentionStates;
    private readonly int[] _adapters, _logitAdapters;
    private readonly AdapterScratch? _adapterScratch;
    private bool _adapted;

    /// <param name="maxRows">Rows that fit.</param>
    /// <param name="maxLogits">Rows of which logits can be had.</param>
    /// <param name="adapters">The largest maps of the adapters that sequences may have.</param>
    public DecoderBatch(DecoderConfig config, int maxRows, int maxLogits, AdapterSizes adapters = default)
    {
        (_adapters, _logitAdapters) = (new int[maxRows], new int[maxLogits]);
        if (adapters.Rank > 0)
            _adapterScratch = new AdapterScratch(adapters, Math.Max(maxRows, maxLogits));
        (MaxRows, MaxLogits) = (maxRows, maxLogits);
        (_tokens, _positions, _logitRows, _sequences) = (new int[maxRows], new int[maxRows], new int[maxLogits], new KvSequence[maxRows]);
        Hidden = new float[maxRows * config.Dim];
        Normed = new float[maxRows * config.Dim];
        Added = new float[maxRows * config.Dim];
        Query = new float[maxRows * config.QueryDim];
        Key = new float[maxRows * config.KvDim];
        Value = new float[maxRows * config.KvDim];
        Mixed = new float[maxRows * config.QueryDim];
        _attentionStates = new float[AttentionBlock.MostChunks][];
        for (int i = 0; i < _attentionStates.Length; i++)
            _attentionStates[i] = new float[AttentionBlock.StateFloats(config)];
        Gate = new float[maxRows * config.WidestFfn * (config.InterleavedExperts ? 2 : 1)];
        Up = new float[maxRows * config.WidestFfn];
        Mid = new float[config.InterleavedExperts ? maxRows * config.WidestFfn : 0];
        Logits = new float[maxLogits * config.Vocabulary];
        if (config.MostExperts > 0)
            Routing = new ExpertRouting(maxRows, config.MostExperts, config.Dim);
        Vocabulary = config.Vocabulary;
    }

    public int MaxRows { get; }

    public int MaxLogits { get; }

    public int Rows { get; private set; }

    /// <summary>Rows of <see cref="Logits"/>, in the order in which they were asked for.</summary>
    public int LogitCount { get; private set; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Rows);

    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Rows);

    public ReadOnlySpan<KvSequence> Sequences => _sequences.AsSpan(0, Rows);

    /// <summary>Rows of which logits are wanted.</summary>
    public ReadOnlySpan<int> LogitRows => _logitRows.AsSpan(0, LogitCount);

    /// <summary>Of the rows' sequences.</summary>
    public RowAdapters Adapters => _adapted ? new RowAdapters(_adapters.AsSpan(0, Rows), _adapterScratch!) : default;

    /// <summary>Of the rows of which logits are wanted.</summary>
    public RowAdapters LogitAdapters => Adapters.Of(LogitRows, _logitAdapters);

    /// <summary>Between layers. What goes in where the first layer is another part's, and what comes out.</summary>
    public float[] Hidden { get; }                                      // [rows, dim]
    public float[] Normed { get; }                                      // [rows, dim]
    public float[] Added { get; }                                       // [rows, dim]: what a block adds to the hidden state
    public float[] Query { get; }                                       // [rows, heads, headDim]
    public float[] Key { get; }                                         // [rows, kvHeads, headDim]
    public float[] Value { get; }                                       // [rows, kvHeads, headDim]
    public float[] Mixed { get; }                                       // [rows, heads, headDim]
    public float[] Gate { get; }                                        // [rows, ffnDim], or twice that with up in turns
    public float[] Up { get; }                                          // [rows, ffnDim]
    public float[] Mid { get; }                                         // [rows, ffnDim]: gates taken out of their turns
    public float[] Logits { get; }                                      // [LogitCount, vocabulary]
    public ExpertRouting? Routing { get; }

    private int Vocabulary { get; }

    /// <summary>Of some rows' query heads, for one of <see cref="AttentionBlock.MostChunks"/> parts of a pass.</summary>
    public Span<float> AttentionStateOf(int chunk) => _attentionStates[chunk];

    /// <summary>Of the wanted row in that place.</summary>
    public Span<float> LogitsOf(int index) => LogitsOf(index, 1);

    /// <summary>[count, vocabulary], of wanted rows one after the other.</summary>
    public Span<float> LogitsOf(int first, int count) => Logits.AsSpan(first * Vocabulary, count * Vocabulary);

    public static long BytesNeeded(DecoderConfig config, int maxRows, int maxLogits, AdapterSizes adapters = default)
    {
        long row = (3L * config.Dim) + (2L * config.QueryDim) + (2L * config.KvDim) + ((config.InterleavedExperts ? 4L : 2L) * config.WidestFfn) + 5;
        long experts = config.MostExperts > 0 ? ExpertRouting.BytesNeeded(maxRows, config.MostExperts, config.Dim) : 0;
        return (sizeof(float) * ((maxRows * row) + ((long)maxLogits * (config.Vocabulary + 2)) + ((long)AttentionBlock.MostChunks * AttentionBlock.StateFloats(config)))) + experts
            + AdapterScratch.BytesNeeded(adapters, Math.Max(maxRows, maxLogits));
    }

    public void Clear()
    {
        Array.Clear(_sequences, 0, Rows);
        (Rows, LogitCount, _adapted) = (0, 0, false);
    }

    /// <summary>Adds the next position of a sequence. False, and nothing changed, when its pool has no room for it.</summary>
    /// <param name="token">Not looked at where the first layer is another part's.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public bool TryAdd(KvSequence sequence, int token, bool wantLogits)
    {
        if (Rows == MaxRows || (wantLogits && LogitCount == MaxLogits))
            throw new InvalidOperationException($"A batch of {MaxRows} rows and {MaxLogits} logits is full.");
        if (!sequence.TryExtend())
            return false;
        (_sequences[Rows], _tokens[Rows], _positions[Rows]) = (sequence, token, sequence.Length - 1);
        _adapters[Rows] = sequence.Adapter;
        _adapted |= sequence.Adapter != RowAdapters.None;
        if (wantLogits)
            _logitRows[LogitCount++] = Rows;
        Rows++;
        return true;
    }
}
