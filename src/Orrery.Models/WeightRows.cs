using Orrery.Tensors;

namespace Orrery.Models;

/// <summary>A tensor's rows as f32, one at a time, for who encodes them otherwise. Reads where they lie; may be read from several threads.</summary>
public abstract class WeightRows(int rows, int cols)
{
    public int Rows { get; } = rows;

    public int Cols { get; } = cols;

    /// <param name="to">[cols], overwritten.</param>
    public abstract void Copy(int row, Span<float> to);

    internal static WeightRows Of(Matrix matrix) => new MatrixRows(matrix);

    private sealed class MatrixRows(Matrix matrix) : WeightRows(matrix.Rows, matrix.Cols)
    {
        public override void Copy(int row, Span<float> to) => matrix.CopyRow(row, to);
    }
}
