using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Orrery.Platform.Lines;

/// <summary>
/// Lines in files <c>PATH.0</c>, <c>PATH.1</c>, …, for their owner alone: a new number when one is full, and only the last few are kept.
/// One process writes, from any of its threads. A line that could not be written whole is taken back, so the next one begins where it should.
/// </summary>
public sealed class LineFiles : IDisposable
{
    private readonly string _path;
    private readonly LineLimits _limits;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _syncing = new(1, 1);
    private SafeFileHandle _file;
    private int _number;
    private long _length;
    private long _appended;
    private long _synced;

    /// <param name="path">Its folder must be there.</param>
    /// <exception cref="IOException">The newest file cannot be opened, or a new one not made.</exception>
    public LineFiles(string path, LineLimits limits)
    {
        _path = path;
        _limits = limits;
        _number = Numbers().DefaultIfEmpty(0).Max();
        _file = Open(_number);
        _length = RandomAccess.GetLength(_file);
        // A power cut may leave half a line; the next must not go on in it.
        Span<byte> last = stackalloc byte[1];
        if (_length > 0 && RandomAccess.Read(_file, last, _length - 1) == 1 && last[0] != (byte)'\n')
            Append("\n"u8);
        Forget();
    }

    /// <summary>Back when the operating system has it: an end of this program does not lose it, a power cut may.</summary>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    /// <param name="line">With the end of the line; or several, which stay in one file.</param>
    public void Append(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (_length > 0 && _length + line.Length > _limits.MaxFileBytes)
                Next_Locked();
            try
            {
                RandomAccess.Write(_file, line, _length);
            }
            catch (IOException)
            {
                RandomAccess.SetLength(_file, _length);
                throw;
            }
            _length += line.Length;
            _appended++;
        }
    }

    /// <summary>Back when everything appended so far is on disk. Those who wait at the same time share one sync.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task SyncAsync()
    {
        long mine;
        lock (_lock)
            mine = _appended;
        await _syncing.WaitAsync();
        try
        {
            SafeFileHandle file;
            long upTo;
            lock (_lock)
            {
                if (_synced >= mine)
                    return;
                (file, upTo) = (_file, _appended);
            }
            await Task.Run(() => RandomAccess.FlushToDisk(file));
            lock (_lock)
                _synced = Math.Max(_synced, upTo);
        }
        catch (ObjectDisposedException)
        {
            // A full file is synced before it is closed.
        }
        finally
        {
            _syncing.Release();
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _file.Dispose();
        _syncing.Dispose();
    }

    // The new file first: where it cannot be made, nothing has changed.
    private void Next_Locked()
    {
        RandomAccess.FlushToDisk(_file);
        var next = Open(_number + 1);
        _file.Dispose();
        (_file, _number, _length, _synced) = (next, _number + 1, RandomAccess.GetLength(next), _appended);
        Forget();
    }

    private void Forget()
    {
        foreach (int old in Numbers().Where(n => n <= _number - _limits.MaxFiles))
            File.Delete(PathOf(old));
    }

    private SafeFileHandle Open(int number)
    {
        string path = PathOf(number);
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = ownerOnly }))
            File.SetUnixFileMode(path, ownerOnly);
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
    }

    private IEnumerable<int> Numbers()
    {
        string prefix = Path.GetFileName(_path) + ".";
        return Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, prefix + "*")
            .Select(f => int.TryParse(Path.GetFileName(f).AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1)
            .Where(n => n >= 0);
    }

    private string PathOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{number}");
}
