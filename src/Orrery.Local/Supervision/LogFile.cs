using System.Buffers;
using System.Globalization;
using System.Text;

namespace Orrery.Local.Supervision;

/// <summary>
/// What one replica wrote, in the log format of Kubernetes' container runtimes:
/// <code>2026-01-31T12:00:00.123456700Z stdout F text</code>
/// P instead of F marks a piece of a line that goes on; <c>start</c> instead of <c>stdout</c> or <c>stderr</c> marks where a run begins. Lies in files <c>PATH.0</c>, <c>PATH.1</c>, …: a new number at 8 MiB, and only the
/// last two are kept. Numbers never go back, so a reader knows that a higher one means that its own is complete.
/// </summary>
internal sealed class LogFile : IDisposable
{
    public const int MaxFileBytes = 8 * 1024 * 1024;
    public const int MaxLineBytes = 64 * 1024;

    /// <summary>What stands in place of a stream's name where a run begins.</summary>
    public const string StartStream = "start";

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _pending = new(MaxLineBytes + 64);
    private FileStream _file;
    private int _number;

    public LogFile(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _number = Numbers(path).LastOrDefault();
        _file = OpenFile(_number);
    }

    /// <summary>Which files there are, lowest first.</summary>
    public static List<int> Numbers(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string prefix = Path.GetFileName(path) + ".";
        if (!Directory.Exists(folder))
            return [];
        return [.. Directory.EnumerateFiles(folder, prefix + "*")
            .Select(f => int.TryParse(Path.GetFileName(f).AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1)
            .Where(n => n >= 0).Order()];
    }

    public static string PathOf(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    /// <summary>Takes one line without its end; <see cref="Flush"/> writes it.</summary>
    public void Add(ReadOnlySpan<byte> line, bool isError, bool goesOn)
    {
        Encoding.ASCII.GetBytes($"{Now} {(isError ? "stderr" : "stdout")} {(goesOn ? 'P' : 'F')} ", _pending);
        _pending.Write(line);
        _pending.Write("\n"u8);
        if (_pending.WrittenCount > MaxLineBytes)
            Flush();
    }

    /// <summary>Marks that a run begins: what stands before was written by earlier ones.</summary>
    public void AddStart()
    {
        Encoding.ASCII.GetBytes($"{Now} {StartStream} F \n", _pending);
        Flush();
    }

    public void Flush()
    {
        try
        {
            if (_file.Length > 0 && _file.Length + _pending.WrittenCount > MaxFileBytes)
                Rotate();
            _file.Write(_pending.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk loses log lines; it must not stop the child, which blocks when nobody reads what it writes, nor end the supervisor.
        }
        _pending.ResetWrittenCount();
    }

    public void Dispose() => _file.Dispose();

    private string Now => _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);

    private void Rotate()
    {
        // Opened before the old one is let go: when that fails, the old one is what the next flush tries again.
        var next = OpenFile(_number + 1);
        _file.Dispose();
        (_file, _number) = (next, _number + 1);
        foreach (int old in Numbers(_path).Where(n => n < _number - 1))
            File.Delete(PathOf(_path, old));
    }

    private FileStream OpenFile(int number)
    {
        // Each time: somebody may have cleared the logs away meanwhile.
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        return new FileStream(PathOf(_path, number), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }
}
