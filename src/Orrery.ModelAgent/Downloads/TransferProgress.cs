using Orrery.Resources.Models;

namespace Orrery.ModelAgent.Downloads;

/// <summary>How far a transfer is. Bytes are added from many threads; the rate is over the last few seconds.</summary>
internal sealed class TransferProgress(TimeProvider time)
{
    private const int WindowSeconds = 10;

    private readonly Lock _lock = new();
    private readonly Queue<(long At, long Bytes)> _window = new();
    private long _completed;
    private long _received;
    private int _files;

    public long TotalBytes { get; private set; }

    public int TotalFiles { get; private set; }

    public long CompletedBytes => Interlocked.Read(ref _completed);

    /// <summary>Over the network, since the transfer began.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _received);

    public int CompletedFiles => Volatile.Read(ref _files);

    /// <summary>From the beginning: what a list that turned out to be old had counted is forgotten.</summary>
    public void Begin(long totalBytes, int totalFiles)
    {
        (TotalBytes, TotalFiles) = (totalBytes, totalFiles);
        Interlocked.Exchange(ref _completed, 0);
        Interlocked.Exchange(ref _received, 0);
        Volatile.Write(ref _files, 0);
        lock (_lock)
            _window.Clear();
    }

    public DownloadStatus Status()
    {
        long rate = Rate(), completed = Math.Clamp(CompletedBytes, 0, TotalBytes);
        long? seconds = rate > 0 ? (TotalBytes - completed + rate - 1) / rate : null;
        return new DownloadStatus
        {
            Progress = ProgressText.Of(completed, TotalBytes, rate, seconds),
            TotalBytes = TotalBytes,
            CompletedBytes = completed,
            TotalFiles = TotalFiles,
            CompletedFiles = CompletedFiles,
            BytesPerSecond = rate,
            SecondsLeft = seconds,
        };
    }

    public void Received(int bytes)
    {
        Interlocked.Add(ref _completed, bytes);
        Interlocked.Add(ref _received, bytes);
    }

    /// <summary>Bytes that were here already; negative: that turned out to be of no use.</summary>
    public void Found(long bytes) => Interlocked.Add(ref _completed, bytes);

    public void FileDone() => Interlocked.Increment(ref _files);

    /// <summary>Bytes per second over at most the last ten; zero before anything can be said.</summary>
    public long Rate()
    {
        lock (_lock)
        {
            long now = time.GetTimestamp(), received = ReceivedBytes;
            while (_window.Count > 1 && time.GetElapsedTime(_window.Peek().At, now).TotalSeconds > WindowSeconds)
                _window.Dequeue();
            // Four looks a second are enough, however often somebody asks.
            if (_window.Count == 0 || time.GetElapsedTime(_window.Last().At, now).TotalSeconds >= 0.25)
                _window.Enqueue((now, received));
            var (at, bytes) = _window.Peek();
            double seconds = time.GetElapsedTime(at, now).TotalSeconds;
            return seconds <= 0 ? 0 : (long)((received - bytes) / seconds);
        }
    }
}
