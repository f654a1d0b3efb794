using System.Runtime.CompilerServices;

namespace Orrery.Models.Safetensors;

/// <summary>Rows of weights of 8 bits, times their scales.</summary>
internal sealed unsafe class Float8Rows : WeightRows
{
    private readonly byte* _first;
    private readonly float[] _values;
    private readonly float[]? _scales;
    private readonly ScaleGrid? _grid;

    public Float8Rows(WeightForm.Float8 form, SafetensorsFiles files, int rows, int cols)
        : base(rows, cols)
    {
        _first = (byte*)files.At(form.Tensor);
        _values = form.Tensor.TypeName == "F8_E4M3" ? Float8Values.E4M3 : Float8Values.E5M2;
        _grid = form.Grid;
        _scales = form.Scales is { } scales ? Read(scales, files.At(scales)) : null;
    }

    public override void Copy(int row, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(to.Length, Cols);

        // Safety: the tensor has Rows * Cols bytes.
        var bytes = new ReadOnlySpan<byte>(_first + ((long)row * Cols), Cols);
        for (int col = 0; col < bytes.Length; col++)
            to[col] = _values[bytes[col]];
        if (_scales is null || _grid is null)
            return;

        int scale = _grid.FirstOf(row);
        for (int col = 0; col < to.Length; col += _grid.BlockCols, scale++)
        {
            var block = to.Slice(col, Math.Min(_grid.BlockCols, to.Length - col));
            foreach (ref float weight in block)
                weight *= _scales[scale];
        }
    }

    private static float[] Read(SafetensorsTensor scales, nint at)
    {
        float[] values = new float[scales.Weights];
        for (int i = 0; i < values.Length; i++)
        {
            // Safety: the tensor has as many elements of its type.
            values[i] = scales.TypeName switch
            {
                "F32" => Unsafe.ReadUnaligned<float>((byte*)at + (4L * i)),
                "F16" => (float)Unsafe.ReadUnaligned<Half>((byte*)at + (2L * i)),
                "BF16" => BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>((byte*)at + (2L * i)) << 16),
                _ => Float8Values.E8M0(((byte*)at)[i]),
            };
        }
        return values;
    }
}
