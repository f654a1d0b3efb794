using Orrery.Models;

namespace Orrery.Engine.Conversion;

/// <summary>Rows of another tensor in another order, or some of them.</summary>
internal sealed class MovedRows(WeightRows from, int rows, Func<int, int> oldRow) : WeightRows(rows, from.Cols)
{
    public override void Copy(int row, Span<float> to) => from.Copy(oldRow(row), to);
}

/// <summary>Rows of several tensors, one tensor behind the other.</summary>
internal sealed class StackedRows(WeightRows[] parts) : WeightRows(parts.Length * parts[0].Rows, parts[0].Cols)
{
    public override void Copy(int row, Span<float> to)
    {
        var (part, inside) = Math.DivRem(row, parts[0].Rows);
        parts[part].Copy(inside, to);
    }
}

/// <summary>Rows whose columns come in another order, or some of them.</summary>
internal sealed class MovedColumns(WeightRows from, int cols, Func<int, int> oldCol) : WeightRows(from.Rows, cols)
{
    public override void Copy(int row, Span<float> to)
    {
        float[] whole = new float[from.Cols];
        from.Copy(row, whole);
        for (int col = 0; col < to.Length; col++)
            to[col] = whole[oldCol(col)];
    }
}

/// <summary>Norm weights that were stored as the difference to 1.</summary>
internal sealed class PlusOne(WeightRows from) : WeightRows(from.Rows, from.Cols)
{
    public override void Copy(int row, Span<float> to)
    {
        from.Copy(row, to);
        foreach (ref float value in to)
            value += 1;
    }
}

/// <summary>A vector that stood in no tensor.</summary>
internal sealed class Values(float[] values) : WeightRows(1, values.Length)
{
    public override void Copy(int row, Span<float> to) => values.CopyTo(to);
}
