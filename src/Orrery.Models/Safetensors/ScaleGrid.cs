namespace Orrery.Models.Safetensors;

/// <summary>Which scale belongs to which weight of [experts * rows, cols]: each expert has a grid of scales, each scale a block of weights.</summary>
/// <param name="Rows">Of one expert.</param>
internal sealed record ScaleGrid(int Rows, int BlockRows, int BlockCols, int GridRows, int GridCols)
{
    /// <summary>Where the scales of a row begin, one for every <see cref="BlockCols"/> columns.</summary>
    public int FirstOf(int row) => (((row / Rows) * GridRows) + (row % Rows / BlockRows)) * GridCols;

    /// <summary>By the shape of the scales: one for all, one for each expert, row or block. Null where they do not belong together.</summary>
    public static ScaleGrid? For(ReadOnlySpan<long> weights, ReadOnlySpan<long> scales, int blockRows, int blockCols)
    {
        var (experts, rows, cols) = Extents(weights);
        if (experts * rows > int.MaxValue || cols > int.MaxValue || Product(scales) > Array.MaxLength)
            return null;
        var grid = new ScaleGrid((int)rows, blockRows, blockCols, GridRows: (int)((rows + blockRows - 1) / blockRows), GridCols: (int)((cols + blockCols - 1) / blockCols));
        if (Product(scales) == 1)
            return grid with { Rows = (int)(experts * rows), BlockRows = (int)(experts * rows), BlockCols = (int)cols, GridRows = 1, GridCols = 1 };
        if (Extents(scales) == (experts, grid.GridRows, grid.GridCols))
            return grid;
        bool isColumn = scales.Length == weights.Length && scales[^1] == 1;
        bool isVector = scales.Length == weights.Length - 1 && scales[^1] == rows;
        if (Product(scales) == experts * rows && (isColumn || isVector))
            return grid with { BlockRows = 1, BlockCols = (int)cols, GridRows = (int)rows, GridCols = 1 };
        if (Product(scales) == experts)
            return grid with { BlockRows = (int)rows, BlockCols = (int)cols, GridRows = 1, GridCols = 1 };
        return null;
    }

    private static (long Experts, long Rows, long Cols) Extents(ReadOnlySpan<long> shape) => shape.Length switch
    {
        0 => (1, 1, 1),
        1 => (1, 1, shape[0]),
        _ => (Product(shape[..^2]), shape[^2], shape[^1]),
    };

    private static long Product(ReadOnlySpan<long> extents)
    {
        long product = 1;
        foreach (long extent in extents)
            product *= extent;
        return product;
    }
}
