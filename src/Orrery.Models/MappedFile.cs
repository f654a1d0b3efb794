using System.IO.MemoryMappedFiles;

namespace Orrery.Models;

/// <summary>
/// A file mapped into memory for reading. What points into it ends with it. It must not shrink while it is open; the operating system
/// ends a process that reads mapped pages which are gone.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _first;
    private bool _disposed;

    private MappedFile(string path, long bytes)
    {
        (Path, Bytes) = (path, bytes);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        try
        {
            _view = _file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _first);
            _first += _view.PointerOffset;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Bytes { get; }

    /// <summary>As much of the start as a span can hold.</summary>
    public ReadOnlySpan<byte> Start => new(_first, (int)Math.Min(Bytes, int.MaxValue));

    /// <param name="kind">What the path should lead to, for errors: <c>.gguf</c>.</param>
    /// <exception cref="InvalidModelFileException">Not there, empty or not readable.</exception>
    public static MappedFile Open(string path, string kind)
    {
        try
        {
            // Asked before opening: pipes and devices report no length, and opening one could wait forever.
            var found = new FileInfo(path);
            if (Directory.Exists(path))
                throw new InvalidModelFileException(path, "the path", "is a folder", $"Give the path of a {kind} file.");
            if (!found.Exists)
                throw new InvalidModelFileException(path, "the file", "does not exist", "Check the path.");
            if (found.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                found = target;
            if (found.Length == 0)
                throw new InvalidModelFileException(path, "the file", "is empty", InvalidModelFileException.GetItAgain);
            return new MappedFile(path, found.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelFileException(path, "the file", $"cannot be read ({e.Message})", "Check the path and its permissions.", e);
        }
    }

    public nint At(long offset)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return (nint)(_first + offset);
    }

    /// <summary>Writes a part of the file as it is.</summary>
    public void CopyTo(long offset, long bytes, Stream to)
    {
        const int PieceBytes = 16 << 20;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes - bytes);
        for (long done = 0; done < bytes; done += PieceBytes)
        {
            // Safety: offset + bytes <= Bytes, all of which are mapped.
            to.Write(new ReadOnlySpan<byte>((byte*)At(offset + done), (int)Math.Min(PieceBytes, bytes - done)));
        }
    }

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
