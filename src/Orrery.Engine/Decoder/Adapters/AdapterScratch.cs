using Orrery.Tensors;

namespace Orrery.Engine.Decoder.Adapters;

/// <summary>
/// Adds what adapters make of the rows of a batch, and the space to do so. Rows of one adapter go through it together wherever they stand, so that
/// its weights are read once for all of them; what comes out for a row is the same to the last bit whichever others there are.
/// </summary>
internal sealed class AdapterScratch(AdapterSizes sizes, int maxRows)
{
    /// <summary>Rows that go through an adapter at once, at most: bounds the space that wide maps take.</summary>
    private const int MostRows = 16;

    private readonly int[] _rows = new int[Math.Min(maxRows, MostRows)];
    private readonly float[] _inputs = new float[Math.Min(maxRows, MostRows) * sizes.Cols];
    private readonly float[] _between = new float[Math.Min(maxRows, MostRows) * sizes.Rank];
    private readonly float[] _outputs = new float[Math.Min(maxRows, MostRows) * sizes.Rows];

    public static long BytesNeeded(AdapterSizes sizes, int maxRows)
        => sizes.Rank == 0 ? 0 : sizeof(float) * Math.Min(maxRows, MostRows) * (1L + sizes.Cols + sizes.Rank + sizes.Rows);

    /// <param name="maps">By number of the adapter; null where it does not change this map.</param>
    /// <param name="numbers">[n]: of each row's adapter.</param>
    /// <param name="x">[n, cols].</param>
    /// <param name="y">[n, rows], added to.</param>
    public void Add(LowRank?[] maps, ReadOnlySpan<int> numbers, ReadOnlySpan<float> x, Span<float> y)
    {
        for (int number = 0; number < maps.Length; number++)
        {
            if (maps[number] is not { } map)
                continue;
            for (int at = 0; at < numbers.Length;)
            {
                int count = 0;
                while (count < _rows.Length && numbers[at..].IndexOf(number) is >= 0 and var next)
                {
                    _rows[count++] = at + next;
                    at += next + 1;
                }
                if (count == 0)
                    break;
                Add(map, _rows.AsSpan(0, count), x, y);
            }
        }
    }

    private void Add(LowRank map, ReadOnlySpan<int> rows, ReadOnlySpan<float> x, Span<float> y)
    {
        var (cols, width) = (map.A.Cols, map.B.Rows);
        for (int i = 0; i < rows.Length; i++)
            x.Slice(rows[i] * cols, cols).CopyTo(_inputs.AsSpan(i * cols));
        var between = _between.AsSpan(0, rows.Length * map.A.Rows);
        var outputs = _outputs.AsSpan(0, rows.Length * width);
        map.A.Multiply(_inputs.AsSpan(0, rows.Length * cols), between);
        map.B.Multiply(between, outputs);
        for (int i = 0; i < rows.Length; i++)
            Elementwise.AddScaled(y.Slice(rows[i] * width, width), outputs.Slice(i * width, width), map.Scale);
    }
}

/// <summary>The largest of each extent over all maps of all adapters; zeros where there is none.</summary>
internal readonly record struct AdapterSizes(int Rank, int Cols, int Rows);
