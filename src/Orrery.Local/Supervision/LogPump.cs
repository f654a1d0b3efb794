using Microsoft.Win32.SafeHandles;

namespace Orrery.Local.Supervision;

/// <summary>
/// Carries what one child writes into its log, on a thread of its own: reads of pipes block, and would starve a shared pool.
/// Ends when both pipes end, or a moment after the child did: what it left behind may hold them open for ever.
/// </summary>
internal sealed class LogPump
{
    private const int StackBytes = 256 * 1024;
    private const int MaxReadsAfterEnd = 64;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly LogFile _log;
    private readonly PipeLines _output;
    private readonly PipeLines _error;
    private volatile bool _childEnded;

    private LogPump(LogFile log, SafeFileHandle output, SafeFileHandle error)
    {
        _log = log;
        _output = new PipeLines(output, log, isError: false);
        _error = new PipeLines(error, log, isError: true);
    }

    /// <summary>Takes over the log and both handles.</summary>
    /// <param name="done">Called from the pump's thread once all is written.</param>
    public static LogPump Start(LogFile log, SafeFileHandle output, SafeFileHandle error, Action done)
    {
        var pump = new LogPump(log, output, error);
        var thread = new Thread(() => pump.Run(done), StackBytes) { IsBackground = true, Name = "log" };
        thread.Start();
        return pump;
    }

    /// <summary>Writes what is in the pipes already, then ends.</summary>
    public void ChildEnded() => _childEnded = true;

    private void Run(Action done)
    {
        try
        {
            for (int readsAfterEnd = 0; !(_output.AtEnd && _error.AtEnd) && readsAfterEnd < MaxReadsAfterEnd;)
            {
                bool last = _childEnded;
                var (output, error) = Posix.WaitReadable(_output.Handle, _error.Handle, last ? TimeSpan.Zero : LookAgain);
                if (output)
                    _output.ReadOnce();
                if (error)
                    _error.ReadOnce();
                if (last && !output && !error)
                    break;
                readsAfterEnd += last ? 1 : 0;
                _log.Flush();
            }
            _output.WriteRest();
            _error.WriteRest();
            _log.Flush();
        }
        finally
        {
            _output.Close();
            _error.Close();
            _log.Dispose();
            done();
        }
    }

    /// <summary>Cuts one pipe into lines.</summary>
    private sealed class PipeLines(SafeFileHandle handle, LogFile log, bool isError)
    {
        private readonly byte[] _buffer = new byte[LogFile.MaxLineBytes];
        private int _filled;

        public bool AtEnd { get; private set; }

        public SafeFileHandle? Handle => AtEnd ? null : handle;

        public void ReadOnce()
        {
            int read = Posix.Read(handle, _buffer.AsSpan(_filled));
            if (read <= 0)
            {
                AtEnd = true;
                return;
            }
            _filled += read;

            int start = 0;
            while (_buffer.AsSpan(start, _filled - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                log.Add(_buffer.AsSpan(start, length), isError, goesOn: false);
                start += length + 1;
            }
            _buffer.AsSpan(start, _filled - start).CopyTo(_buffer);
            _filled -= start;
            if (_filled == _buffer.Length)
            {
                log.Add(_buffer, isError, goesOn: true);
                _filled = 0;
            }
        }

        public void WriteRest()
        {
            if (_filled > 0)
                log.Add(_buffer.AsSpan(0, _filled), isError, goesOn: false);
            _filled = 0;
        }

        public void Close() => handle.Dispose();
    }
}
