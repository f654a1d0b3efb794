using System.Runtime.CompilerServices;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>Rows of weights that are stored [experts, cols, rows].</summary>
internal sealed unsafe class TransposedRows : WeightRows
{
    private readonly nint _first;
    private readonly int _rowsEach;
    private readonly DType _type;

    /// <param name="rowsEach">Of one expert.</param>
    public TransposedRows(DType type, nint first, int rows, int rowsEach, int cols)
        : base(rows, cols)
        => (_type, _first, _rowsEach) = (type, first, rowsEach);

    public override void Copy(int row, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(to.Length, Cols);

        // Safety: element (expert, col, row) lies inside the tensor, which has Rows * Cols of them.
        byte* first = (byte*)_first + ((((long)(row / _rowsEach) * Cols * _rowsEach) + (row % _rowsEach)) * _type.BlockBytes);
        long step = (long)_rowsEach * _type.BlockBytes;
        for (int col = 0; col < to.Length; col++)
            to[col] = Read(first + (col * step));
    }

    private float Read(byte* at)
    {
        if (_type == DType.F32)
            return Unsafe.ReadUnaligned<float>(at);
        return _type == DType.F16
            ? (float)Unsafe.ReadUnaligned<Half>(at)
            : BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>(at) << 16);
    }
}
