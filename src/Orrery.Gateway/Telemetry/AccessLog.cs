using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orrery.Platform.Lines;

namespace Orrery.Gateway.Telemetry;

/// <summary>
/// A line of JSON for each request in <c>access.jsonl.N</c>, in bounded files for their owner alone. Requests do not wait for the disk: their lines go
/// through a bounded queue, and what finds it full, or the disk, is counted as lost.
/// </summary>
public sealed partial class AccessLog : IAsyncDisposable
{
    private const int MaxQueued = 8192;
    private const int MaxBatchBytes = 64 * 1024;
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(5);

    private readonly Channel<AccessLine> _lines = Channel.CreateBounded<AccessLine>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly LineFiles _files;
    private readonly ILogger _log;
    private readonly Task _writing;
    private bool _failing;

    private AccessLog(LineFiles files, ILogger log)
    {
        _files = files;
        _log = log;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Told how many lines the disk did not take.</summary>
    internal Action<int> Lost { get; set; } = static _ => { };

    /// <param name="folder">Must be there.</param>
    /// <exception cref="IOException">The files cannot be opened or made.</exception>
    public static AccessLog Open(string folder, ILogger log, LineLimits? limits = null)
        => new(new LineFiles(Path.Combine(folder, "access.jsonl"), limits ?? new LineLimits()), log);

    /// <returns>False: it is lost.</returns>
    internal bool TryAdd(AccessLine line) => _lines.Writer.TryWrite(line);

    /// <summary>Writes what is queued, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(EndBound);
        }
        catch (TimeoutException)
        {
            // A disk that hangs keeps nobody from ending.
        }
        _files.Dispose();
    }

    private async Task WriteAsync()
    {
        var batch = new ArrayBufferWriter<byte>(MaxBatchBytes);
        while (await _lines.Reader.WaitToReadAsync())
        {
            int count = 0;
            while (batch.WrittenCount < MaxBatchBytes && _lines.Reader.TryRead(out var line))
            {
                using (var json = new Utf8JsonWriter(batch))
                    JsonSerializer.Serialize(json, line, AccessJson.Default.AccessLine);
                batch.Write("\n"u8);
                count++;
            }
            Append(batch.WrittenSpan, count);
            batch.ResetWrittenCount();
        }
    }

    private void Append(ReadOnlySpan<byte> lines, int count)
    {
        try
        {
            _files.Append(lines);
            _failing = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Lost(count);
            // Once until it works again: a full disk is not helped by more lines.
            if (!_failing)
                LogFailed(_log, e.Message);
            _failing = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The access log cannot be written, and its lines are lost until it can: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);
}
