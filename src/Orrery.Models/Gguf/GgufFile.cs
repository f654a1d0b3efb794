using System.IO.MemoryMappedFiles;
using Orrery.Tensors;

namespace Orrery.Models.Gguf;

/// <summary>
/// A GGUF file mapped into memory: the header read and checked, the weights left where they are. Opening reads only the header.
/// Matrices point into the mapping and end with it: dispose of the file after everything that computes with them.
/// The file must not shrink while it is open; the operating system ends a process that reads mapped pages which are gone.
/// </summary>
public sealed unsafe class GgufFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _first;
    private bool _disposed;

    private GgufFile(string path, long bytes)
    {
        Path = path;
        Bytes = bytes;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        try
        {
            _view = _file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _first);
            _first += _view.PointerOffset;
            Header = GgufHeader.Read(new ReadOnlySpan<byte>(_first, (int)Math.Min(bytes, int.MaxValue)), bytes, path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Bytes { get; }

    public GgufHeader Header { get; }

    public GgufMetadata Metadata => Header.Metadata;

    /// <exception cref="InvalidModelFileException">Not there, not readable, or not a sound GGUF file.</exception>
    public static GgufFile Open(string path)
    {
        try
        {
            // Asked before opening: pipes and devices report no length, and opening one could wait forever.
            var found = new FileInfo(path);
            if (Directory.Exists(path))
                throw new InvalidModelFileException(path, "the path", "is a folder", "Give the path of a .gguf file.");
            if (!found.Exists)
                throw new InvalidModelFileException(path, "the file", "does not exist", "Check the path.");
            if (found.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                found = target;
            if (found.Length == 0)
                throw new InvalidModelFileException(path, "the file", "is empty", InvalidModelFileException.GetItAgain);
            return new GgufFile(path, found.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelFileException(path, "the file", $"cannot be read ({e.Message})", "Check the path and its permissions.", e);
        }
    }

    /// <summary>The weights of a tensor of which the caller knows the shape.</summary>
    /// <param name="rows">1 for a vector.</param>
    /// <exception cref="InvalidModelFileException">It is missing, has another shape, or a type without kernels.</exception>
    public Matrix Matrix(string name, int rows, int cols)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Header.Tensors.TryGetValue(name, out var tensor))
            throw Invalid(name, "is missing", "Convert the model again.");
        bool fits = tensor.Shape[0] == cols && tensor.Weights == (long)rows * cols && (tensor.Shape.Length == 2 || (tensor.Shape.Length == 1 && rows == 1));
        if (!fits)
            throw Invalid(name, $"has shape {tensor.ShapeText}; the metadata asks for {(rows == 1 ? $"[{cols}]" : $"[{cols}, {rows}]")}", "Convert the model again.");
        if (!tensor.Type.HasKernels)
            throw Invalid(name, $"has type {tensor.Type}", $"Use a file with {string.Join(", ", DType.All.Where(type => type.HasKernels))} weights.");
        return new Matrix(tensor.Type, rows, cols, (nint)(_first + tensor.Offset), tensor.Bytes);
    }

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep)
        => new(Path, "tensor " + InvalidModelFileException.Quote(tensor), problem, nextStep);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_first != null)
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file.Dispose();
    }
}
