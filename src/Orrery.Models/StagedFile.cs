namespace Orrery.Models;

/// <summary>
/// A file that appears in whole or not at all: written beside its place under another name, synced, then renamed. Disposed of before
/// <see cref="Commit"/> it leaves nothing behind.
/// </summary>
internal sealed class StagedFile : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly string _path;
    private readonly string _staged;
    private bool _committed;

    private StagedFile(string path) => (_path, _staged) = (path, $"{path}.{Guid.NewGuid():N}.partial");

    /// <summary>Everything is on the disk afterwards; only the name is missing.</summary>
    /// <param name="bytes">How long it will be. Room for it is taken at once, so that a disk that is too full says so first.</param>
    /// <exception cref="IOException">There is no such folder, no permission or no room.</exception>
    public static StagedFile Write(string path, long bytes, Action<Stream> write)
    {
        var file = new StagedFile(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferBytes, PreallocationSize = bytes,
        };
        try
        {
            using var stream = new FileStream(file._staged, options);
            write(stream);
            stream.Flush(flushToDisk: true);
            return file;
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new IOException($"{path}: the file of {bytes} bytes could not be written ({e.Message.Replace(file._staged, path, StringComparison.Ordinal)}). Nothing was left of it: check the folder and its free space.", e);
            throw;
        }
    }

    /// <summary>Takes the place of whatever has the name.</summary>
    /// <exception cref="IOException">The name is a folder's.</exception>
    public void Commit()
    {
        try
        {
            File.Move(_staged, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{_path}: the file is written and cannot have this name ({e.Message}). Nothing was left of it: choose another name.", e);
        }
        _committed = true;
    }

    /// <summary>Undoes a commit where there was nothing before.</summary>
    public void TakeBack()
    {
        if (_committed)
            File.Delete(_path);
    }

    public void Dispose()
    {
        if (!_committed && Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(_staged))))
            File.Delete(_staged);
    }
}
