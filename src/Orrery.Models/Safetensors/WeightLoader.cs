using Orrery.Models.Quantization;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>Makes matrices of stored weights: mapped where they are used as they are, else converted once into memory of its own.</summary>
internal sealed class WeightLoader(SafetensorsFiles files) : IDisposable
{
    private readonly OwnedMemory _memory = new();

    /// <param name="form">Of a type with kernels, and not refused.</param>
    public Matrix Load(WeightForm form, int rows, int cols) => form switch
    {
        WeightForm.Plain plain => Mapped(plain.Tensor, rows, cols),
        WeightForm.Mxfp4 blocks => _memory.GetOrAdd(form.Name, form.Type!, rows, cols, to => Mxfp4Blocks.Repack(files.At(blocks.Blocks), files.At(blocks.Scales), blocks.Scales.Bytes, to)),
        _ => _memory.GetOrAdd(form.Name, form.Type!, rows, cols, to => Encode(form, rows, cols, to)),
    };

    public WeightRows Rows(WeightForm form, int rows, int cols) => form switch
    {
        WeightForm.Float8 float8 => new Float8Rows(float8, files, rows, cols),
        WeightForm.Transposed { Tensor: var tensor } => new TransposedRows(tensor.Type!, files.At(tensor), rows, rowsEach: (int)tensor.Shape[^1], cols),
        _ => WeightRows.Of(Load(form, rows, cols)),
    };

    public void Dispose() => _memory.Dispose();

    private void Encode(WeightForm form, int rows, int cols, nint to)
    {
        if (RowEncoder.Encode(Rows(form, rows, cols), form.Type!, 0, rows, to) is { } problem)
            throw new InvalidModelFileException(files.PathOf(form.Stored), "tensor " + InvalidModelFileException.Quote(form.Name), problem, InvalidModelFileException.GetItAgain);
    }

    private Matrix Mapped(SafetensorsTensor tensor, int rows, int cols) => new(tensor.Type!, rows, cols, files.At(tensor), tensor.Bytes);
}
