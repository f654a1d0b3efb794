using System.Runtime.CompilerServices;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>Rows of weights of 8 bits, times their scales.</summary>
internal sealed unsafe class Float8Rows : WeightRows
{
    private readonly byte* _first;
    private readonly bool _isE4M3;
    private readonly float[]? _scales;
    private readonly ScaleGrid? _grid;

    public Float8Rows(WeightForm.Float8 form, SafetensorsFiles files, int rows, int cols)
        : base(rows, cols)
    {
        _first = (byte*)files.At(form.Tensor);
        _isE4M3 = form.Tensor.TypeName == "F8_E4M3";
        _grid = form.Grid;
        _scales = form.Scales is { } scales ? Read(scales, files.At(scales)) : null;
    }

    public override void Copy(int row, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(to.Length, Cols);

        // Safety: the tensor has Rows * Cols bytes.
        var bytes = new ReadOnlySpan<byte>(_first + ((long)row * Cols), Cols);
        if (_isE4M3)
            Float8.WidenE4M3(bytes, to);
        else
            Float8.WidenE5M2(bytes, to);
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

    /// <summary>E8M0 of the OCP Microscaling Formats.</summary>
    private static float PowerOfTwo(byte code) => code == 255 ? float.NaN : MathF.ScaleB(1, code - 127);

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
                _ => PowerOfTwo(((byte*)at)[i]),
            };
        }
        return values;
    }
}
