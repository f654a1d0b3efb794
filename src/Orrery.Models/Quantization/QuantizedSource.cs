using Orrery.Models.Tokenizers;
using Orrery.Tensors;

namespace Orrery.Models.Quantization;

/// <summary>
/// A model whose matrices are encoded as another type when they are first asked for, into memory of its own, by
/// <see cref="QuantizationPlan"/>. Owns the source that it reads from.
/// </summary>
public sealed class QuantizedSource : IModelSource
{
    private readonly IModelSource _inner;
    private readonly DType _wanted;
    private readonly OwnedMemory _memory = new();

    private QuantizedSource(IModelSource inner, DType wanted) => (_inner, _wanted) = (inner, wanted);

    public string Path => _inner.Path;

    public string Format => _inner.Format;

    public string Name => _inner.Name;

    public string Architecture => _inner.Architecture;

    public long FileBytes => _inner.FileBytes;

    public IModelSource Origin => _inner.Origin;

    public IEnumerable<string> TensorNames => _inner.TensorNames;

    public string? ChatTemplate => _inner.ChatTemplate;

    /// <summary>Looks at headers only. The new source owns the old one, also when it is refused.</summary>
    /// <param name="wanted">A type with kernels.</param>
    /// <exception cref="InvalidModelFileException">A tensor is quantized already, otherwise than wanted.</exception>
    public static QuantizedSource Of(IModelSource source, DType wanted)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(wanted);
        try
        {
            if (!wanted.HasKernels)
                throw new ArgumentException($"There are no kernels for {wanted} weights.", nameof(wanted));
            foreach (string name in source.TensorNames)
            {
                if (source.Find(name) is { Type: { } type } tensor && QuantizationPlan.For(name, tensor.Shape.AsSpan(), type, wanted) is QuantizationPlan.Refuse refused)
                    throw source.Invalid(name, refused.Problem, refused.NextStep);
            }
            return new QuantizedSource(source, wanted);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public bool Has(string name) => _inner.Has(name);

    public TensorSummary? Find(string name) => _inner.Find(name) is { } tensor
        ? TypeOf(tensor) is { } type ? tensor with { Type = type, OwnedBytes = tensor.BytesAs(type) } : tensor
        : null;

    /// <inheritdoc/>
    public Matrix Matrix(string name, params ReadOnlySpan<int> shape)
    {
        if (_inner.Find(name) is not { } tensor || TypeOf(tensor) is not { } type || TensorShape.Rows(shape) is not { } rows || !TensorShape.Fits(tensor.Shape.AsSpan(), shape))
            return _inner.Matrix(name, shape);                          // which also has the words for what is wrong
        return _memory.GetOrAdd(tensor.Name, type, rows, shape[^1], to =>
        {
            if (RowEncoder.Encode(_inner.Rows(name), type, 0, rows, to) is { } problem)
                throw Invalid(name, problem, "Load the model without quantization.");
        });
    }

    public WeightRows Rows(string name) => _inner.Rows(name);

    public Tokenizer ReadTokenizer(int vocabulary) => _inner.ReadTokenizer(vocabulary);

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep) => _inner.Invalid(tensor, problem, nextStep);

    public void Dispose()
    {
        _memory.Dispose();
        _inner.Dispose();
    }

    /// <summary>Null for what stays as it is.</summary>
    private DType? TypeOf(TensorSummary tensor)
        => tensor.Type is { } type && QuantizationPlan.For(tensor.Name, tensor.Shape.AsSpan(), type, _wanted) is QuantizationPlan.Encode encode ? encode.Type : null;
}
