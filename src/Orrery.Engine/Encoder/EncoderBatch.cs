namespace Orrery.Engine.Encoder;

/// <summary>
/// The rows of one forward pass, and its scratch space. A batch holds whole texts, one behind the other; a row is a position of one. All memory is
/// allocated here, none later, and how much follows from the config alone.
/// </summary>
internal sealed class EncoderBatch
{
    private readonly int[] _tokens, _first, _length;

    /// <param name="maxRows">Rows that fit: the longest text.</param>
    /// <param name="chunkRows">Rows that go through a matrix at once.</param>
    public EncoderBatch(EncoderConfig config, int maxRows, int chunkRows)
    {
        (MaxRows, ChunkRows) = (maxRows, Math.Min(chunkRows, maxRows));
        (_tokens, _first, _length) = (new int[maxRows], new int[maxRows], new int[maxRows]);
        Hidden = new float[maxRows * config.Dim];
        Keys = new float[maxRows * config.Dim];
        Values = new float[maxRows * config.Dim];
        Scores = new float[maxRows];
        Projected = new float[ChunkRows * config.Dim];
        Mixed = new float[ChunkRows * config.Dim];
        Wide = new float[ChunkRows * config.FfnDim];
    }

    public int MaxRows { get; }

    public int ChunkRows { get; }

    public int Rows { get; private set; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Rows);

    public float[] Hidden { get; }                                      // [rows, dim]: between layers, and what comes out
    public float[] Keys { get; }                                        // per text [heads, headDim, length]: transposed, so that eight positions are scored at once
    public float[] Values { get; }                                      // per text [heads, length, headDim]
    public float[] Scores { get; }                                      // [length]
    public float[] Projected { get; }                                   // [chunk, dim]
    public float[] Mixed { get; }                                       // [chunk, dim]
    public float[] Wide { get; }                                        // [chunk, ffnDim]

    /// <summary>Where the text of a row begins, and how many rows it has.</summary>
    public (int First, int Length) TextOf(int row) => (_first[row], _length[row]);

    public static long BytesNeeded(EncoderConfig config, int maxRows, int chunkRows)
    {
        long chunk = Math.Min(chunkRows, maxRows);
        return sizeof(float) * ((maxRows * ((3L * config.Dim) + 4)) + (chunk * ((2L * config.Dim) + config.FfnDim)));
    }

    public void Clear() => Rows = 0;

    /// <summary>Adds a text. False, and nothing changed, when there is no room for all of it.</summary>
    public bool TryAdd(ReadOnlySpan<int> tokens)
    {
        if (Rows + tokens.Length > MaxRows)
            return false;
        tokens.CopyTo(_tokens.AsSpan(Rows));
        _first.AsSpan(Rows, tokens.Length).Fill(Rows);
        _length.AsSpan(Rows, tokens.Length).Fill(tokens.Length);
        Rows += tokens.Length;
        return true;
    }
}
