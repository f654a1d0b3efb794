using Orrery.Models.Tokenizers;
using Orrery.Tensors;

namespace Orrery.Models.Gguf;

/// <summary>
/// A GGUF model, one file or split into several, mapped into memory: the header read and checked, the weights left where they are. Opening reads only headers.
/// Matrices point into the mapping and end with it: dispose of the file after everything that computes with them.
/// The files must not shrink while they are open; the operating system ends a process that reads mapped pages which are gone.
/// </summary>
public sealed class GgufFile : IModelSource
{
    private readonly List<MappedFile> _files;

    private GgufFile(string path)
    {
        _files = GgufParts.Open(path, out var header);
        (Path, Header) = (path, header);
    }

    public string Path { get; }

    public string Format => "gguf";

    public string Name => Metadata.Text("general.name") is { Length: > 0 } name
        ? name
        : GgufPartName.Parse(System.IO.Path.GetFileName(Path))?.Name ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Architecture => Metadata.Text("general.architecture") ?? throw Metadata.Missing("general.architecture");

    public long FileBytes => _files.Sum(file => file.Bytes);

    /// <summary>Of a split model the first part's, with the tensors of all parts.</summary>
    public GgufHeader Header { get; }

    public GgufMetadata Metadata => Header.Metadata;

    public IEnumerable<string> TensorNames => Header.Tensors.Keys;

    public string? ChatTemplate => Metadata.Text("tokenizer.chat_template");

    /// <param name="path">The file; any part of a split model opens the whole.</param>
    /// <exception cref="InvalidModelFileException">Not there, not readable, not a sound GGUF file, or a part of the model is missing.</exception>
    public static GgufFile Open(string path) => new(path);

    public bool Has(string name) => Header.Tensors.ContainsKey(name);

    public TensorSummary? Find(string name) => Header.Tensors.TryGetValue(name, out var tensor)
        ? new TensorSummary(name, tensor.Type.Name, tensor.Type.HasKernels ? tensor.Type : null, tensor.SlowestFirst, OwnedBytes: 0)
        : null;

    /// <inheritdoc/>
    public Matrix Matrix(string name, params ReadOnlySpan<int> shape)
    {
        if (!Header.Tensors.TryGetValue(name, out var tensor))
            throw Invalid(name, "is missing", "Convert the model again.");
        if (TensorShape.Rows(shape) is not { } rows || !TensorShape.Fits(tensor.SlowestFirst.AsSpan(), shape))
            throw Invalid(name, $"has shape {tensor.ShapeText}; the metadata asks for {TensorShape.Text(shape, fastestFirst: true)}", "Convert the model again.");
        if (!tensor.Type.HasKernels)
            throw Invalid(name, $"has type {tensor.Type}", WeightTypes.UseOneOf);
        return new Matrix(tensor.Type, rows, shape[^1], _files[tensor.Part].At(tensor.Offset), tensor.Bytes);
    }

    public WeightRows Rows(string name) => WeightRows.Of(Matrix(name, TensorShape.Wanted((Find(name)?.Shape ?? []).AsSpan())));

    public Tokenizer ReadTokenizer(int vocabulary) => Tokenizer.FromGguf(Metadata);

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep)
        => new(Header.Tensors.TryGetValue(tensor, out var found) ? _files[found.Part].Path : Path, "tensor " + InvalidModelFileException.Quote(tensor), problem, nextStep);

    /// <summary>The tensor's bytes as they are.</summary>
    internal void CopyBytes(GgufTensor tensor, Stream to) => _files[tensor.Part].CopyTo(tensor.Offset, tensor.Bytes, to);

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }
}
