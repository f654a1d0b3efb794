using Orrery.Models.Tokenizers;
using Orrery.Tensors;

namespace Orrery.Models.Gguf;

/// <summary>
/// A GGUF file mapped into memory: the header read and checked, the weights left where they are. Opening reads only the header.
/// Matrices point into the mapping and end with it: dispose of the file after everything that computes with them.
/// The file must not shrink while it is open; the operating system ends a process that reads mapped pages which are gone.
/// </summary>
public sealed class GgufFile : IModelSource
{
    private readonly MappedFile _file;

    private GgufFile(MappedFile file)
    {
        _file = file;
        Header = GgufHeader.Read(file.Start, file.Bytes, file.Path);
    }

    public string Path => _file.Path;

    public string Format => "gguf";

    public long Bytes => _file.Bytes;

    public GgufHeader Header { get; }

    public GgufMetadata Metadata => Header.Metadata;

    public IEnumerable<string> TensorNames => Header.Tensors.Keys;

    public string? ChatTemplate => Metadata.Text("tokenizer.chat_template");

    /// <exception cref="InvalidModelFileException">Not there, not readable, or not a sound GGUF file.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path, ".gguf");
        try
        {
            return new GgufFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Has(string name) => Header.Tensors.ContainsKey(name);

    /// <inheritdoc/>
    public Matrix Matrix(string name, params ReadOnlySpan<int> shape)
    {
        if (!Header.Tensors.TryGetValue(name, out var tensor))
            throw Invalid(name, "is missing", "Convert the model again.");
        if (TensorShape.Rows(shape) is not { } rows || !TensorShape.Fits(tensor.SlowestFirst, shape))
            throw Invalid(name, $"has shape {tensor.ShapeText}; the metadata asks for {TensorShape.Text(shape, fastestFirst: true)}", "Convert the model again.");
        if (!tensor.Type.HasKernels)
            throw Invalid(name, $"has type {tensor.Type}", $"Use a file with {string.Join(", ", DType.All.Where(type => type.HasKernels))} weights.");
        return new Matrix(tensor.Type, rows, shape[^1], _file.At(tensor.Offset), tensor.Bytes);
    }

    public Tokenizer ReadTokenizer(int vocabulary) => Tokenizer.FromGguf(Metadata);

    public ModelSummary Summarize() => ModelSummary.Of(this);

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep)
        => new(Path, "tensor " + InvalidModelFileException.Quote(tensor), problem, nextStep);

    public void Dispose() => _file.Dispose();
}
