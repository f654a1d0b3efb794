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

    /// <summary>The weights of a tensor of which the caller knows the shape.</summary>
    /// <param name="rows">1 for a vector.</param>
    /// <exception cref="InvalidModelFileException">It is missing, has another shape, or a type without kernels.</exception>
    public Matrix Matrix(string name, int rows, int cols)
    {
        if (!Header.Tensors.TryGetValue(name, out var tensor))
            throw Invalid(name, "is missing", "Convert the model again.");
        bool fits = tensor.Shape[0] == cols && tensor.Weights == (long)rows * cols && (tensor.Shape.Length == 2 || (tensor.Shape.Length == 1 && rows == 1));
        if (!fits)
            throw Invalid(name, $"has shape {tensor.ShapeText}; the metadata asks for {(rows == 1 ? $"[{cols}]" : $"[{cols}, {rows}]")}", "Convert the model again.");
        if (!tensor.Type.HasKernels)
            throw Invalid(name, $"has type {tensor.Type}", $"Use a file with {string.Join(", ", DType.All.Where(type => type.HasKernels))} weights.");
        return new Matrix(tensor.Type, rows, cols, _file.At(tensor.Offset), tensor.Bytes);
    }

    public Tokenizer ReadTokenizer(int vocabulary) => Tokenizer.FromGguf(Metadata);

    public ModelSummary Summarize() => ModelSummary.Of(this);

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep)
        => new(Path, "tensor " + InvalidModelFileException.Quote(tensor), problem, nextStep);

    public void Dispose() => _file.Dispose();
}
