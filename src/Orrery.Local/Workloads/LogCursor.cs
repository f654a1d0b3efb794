using System.Globalization;
using System.Text;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Reads the log of one replica line by line, over the change from one file to the next. Holds one line and one buffer.</summary>
internal sealed class LogCursor(string replica, string path) : IDisposable
{
    private readonly byte[] _buffer = new byte[2 * LogFile.MaxLineBytes];
    private FileStream? _file;
    private int _number = -1;
    private int _start;
    private int _end;

    /// <summary>In which run the last line given was written: how many runs began before it, of those that the kept files tell of.</summary>
    public int Run { get; private set; }

    /// <summary>The next line, kept until <see cref="Take"/>. Null: none yet.</summary>
    public LogLine? Peek()
    {
        while (Head is null)
        {
            if (_file is null && !OpenNext())
                return null;
            if (NextLine() is { Length: > 0 } line)
                Head = Parse(line.Span);
            else if (!Fill() && !OpenNext())
                return null;
        }
        return Head;
    }

    private LogLine? Head { get; set; }

    public void Take() => Head = null;

    public void Dispose() => _file?.Dispose();

    private ReadOnlyMemory<byte>? NextLine()
    {
        int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        if (length < 0)
            return null;
        var line = _buffer.AsMemory(_start, length);
        _start += length + 1;
        return line;
    }

    /// <returns>False: the file has no more now.</returns>
    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
            _end = 0;
        int read = _file!.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }

    /// <summary>Goes to the first file, or to the one after the present one, which is complete once a later one exists.</summary>
    private bool OpenNext()
    {
        int? next = LogFile.Numbers(path).Cast<int?>().FirstOrDefault(n => n > _number);
        if (next is null)
            return false;
        // What was written between the last read and the change of files comes first.
        if (_file is not null && Fill())
            return true;
        try
        {
            var file = new FileStream(LogFile.PathOf(path, next.Value), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            _file?.Dispose();
            _file = file;
            (_number, _start, _end) = (next.Value, 0, 0);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary><c>2026-01-31T12:00:00.123456700Z stdout F text</c>; null for what is not of this form.</summary>
    private LogLine? Parse(ReadOnlySpan<byte> line)
    {
        string text = Encoding.UTF8.GetString(line);
        if (text.Split(' ', 4) is not [var time, var stream, _, var said])
            return null;
        if (stream == LogFile.StartStream)
        {
            Run++;
            return null;
        }
        return stream is "stdout" or "stderr"
            && time.EndsWith("00Z", StringComparison.Ordinal)
            && DateTimeOffset.TryParse($"{time[..^3]}Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at)
            ? new LogLine(replica, at, stream == "stderr", said)
            : null;
    }
}
