namespace Orrery.Engine.Decoder.Adapters;

/// <summary>Which adapter each row of a batch is for. The default: none has any.</summary>
internal readonly ref struct RowAdapters
{
    /// <summary>In the place of an adapter's number.</summary>
    public const int None = -1;

    private readonly ReadOnlySpan<int> _numbers;
    private readonly AdapterScratch? _scratch;

    /// <param name="numbers">[n].</param>
    public RowAdapters(ReadOnlySpan<int> numbers, AdapterScratch scratch)
    {
        _numbers = numbers;
        _scratch = scratch;
    }

    /// <param name="maps">By number of the adapter.</param>
    /// <param name="x">[n, cols].</param>
    /// <param name="y">[n, rows], added to.</param>
    public void Add(LowRank?[] maps, ReadOnlySpan<float> x, Span<float> y) => _scratch?.Add(maps, _numbers, x, y);

    /// <summary>Of one row.</summary>
    public RowAdapters At(int row) => _scratch is null ? default : new RowAdapters(_numbers.Slice(row, 1), _scratch);

    /// <summary>Of some rows, in their order.</summary>
    /// <param name="space">Room for their numbers.</param>
    public RowAdapters Of(ReadOnlySpan<int> rows, Span<int> space)
    {
        if (_scratch is null)
            return default;
        for (int i = 0; i < rows.Length; i++)
            space[i] = _numbers[rows[i]];
        return new RowAdapters(space[..rows.Length], _scratch);
    }
}
