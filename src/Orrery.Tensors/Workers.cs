using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Orrery.Tensors;

/// <summary>
/// Threads that take chunks of a job from one counter, the calling thread among them: one that the machine does not run holds up no more
/// than the chunk it has. They wait for the next job for some microseconds, then sleep. Jobs come from one thread at a time.
/// </summary>
public sealed unsafe class Workers : IDisposable
{
    /// <summary>How long a thread looks for the next job before it sleeps: longer than the steps between two products take, and too short to be seen when idle.</summary>
    private static readonly long Patience = System.Diagnostics.Stopwatch.Frequency / 25_000;           // 40 µs

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _left = new(0);

    // The job that is open. Written by the caller while nobody is inside.
    private delegate*<void*, int, void> _run;
    private void* _job;
    private int _chunks;
    private PaddedCounter _next, _inside;
    private volatile int _open;                                         // counts up: odd while a job is open
    private volatile int _asleep, _callerWaits;
    private volatile bool _disposed;
    private ExceptionDispatchInfo? _error;

    /// <param name="count">Threads that compute, the calling one included: 1 to 256.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 256);
        Count = count;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"tensors {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that compute, the calling one included.</summary>
    public int Count { get; }

    /// <summary>Memory for activations that several products share.</summary>
    public RoundedMemory Memory { get; } = new();

    /// <summary>Runs chunks 0 to chunks - 1, and returns when all are done. Allocates nothing.</summary>
    /// <exception cref="Exception">Whatever the first chunk to fail has thrown, once all others are done; chunks not begun by then are not run.</exception>
    /// <exception cref="ObjectDisposedException">These workers are gone.</exception>
    public void Run<TJob>(ref TJob job, int chunks)
        where TJob : struct, IJob
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (chunks <= 1 || _threads.Length == 0)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
                job.Run(chunk);
            return;
        }

        // Safety: the copy is on this thread's stack. Whoever has its address is inside, and nobody is when this returns.
        var copy = job;
        _run = &RunOne<TJob>;
        _job = Unsafe.AsPointer(ref copy);
        _chunks = chunks;
        _next.Value = 0;
        _error = null;
        Interlocked.Increment(ref _open);                               // with a barrier: whoever sees it sees the above
        int asleep = Math.Min(_asleep, Math.Min(chunks - 1, _threads.Length));
        if (asleep > 0)
            _wake.Release(asleep);
        TakeChunks();
        Interlocked.Increment(ref _open);
        WaitUntilAllHaveLeft();
        _error?.Throw();
    }

    /// <summary>Ends the threads. Not while a job runs.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_threads.Length > 0)
            _wake.Release(_threads.Length);
        foreach (var thread in _threads)
            thread.Join();
        _wake.Dispose();
        _left.Dispose();
    }

    private static void RunOne<TJob>(void* job, int chunk)
        where TJob : struct, IJob
        => Unsafe.AsRef<TJob>(job).Run(chunk);

    private void TakeChunks()
    {
        try
        {
            for (int chunk; (chunk = Interlocked.Increment(ref _next.Value) - 1) < _chunks;)
                _run(_job, chunk);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            Interlocked.Exchange(ref _next.Value, _chunks);
        }
    }

    private void WaitUntilAllHaveLeft()
    {
        long until = 0;
        while (Volatile.Read(ref _inside.Value) != 0)
        {
            Thread.SpinWait(8);
            long now = System.Diagnostics.Stopwatch.GetTimestamp();
            until = until == 0 ? now + Patience : until;
            if (now < until)
                continue;

            // Somebody computes a chunk, or waits for a processor: it gets this one. The last to leave wakes whoever waits.
            _callerWaits = 1;
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _inside.Value) != 0)
                _left.Wait();
            else if (Interlocked.Exchange(ref _callerWaits, 0) == 0)
                _left.Wait();                                           // the last one has seen it in between
        }
    }

    private void Work()
    {
        int seen = 0;
        while (!_disposed)
        {
            if (!AwaitJob(seen))
                continue;
            Interlocked.Increment(ref _inside.Value);
            int open = _open;
            if (open % 2 != 0)
            {
                seen = open;
                TakeChunks();
            }
            else
            {
                seen = open;
            }
            if (Interlocked.Decrement(ref _inside.Value) == 0 && _callerWaits == 1 && _open % 2 == 0 && Interlocked.Exchange(ref _callerWaits, 0) == 1)
                _left.Release();
        }
    }

    /// <summary>True when there may be a job newer than that; false after a sleep.</summary>
    private bool AwaitJob(int seen)
    {
        long until = System.Diagnostics.Stopwatch.GetTimestamp() + Patience;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                if (_open != seen && _open % 2 != 0)
                    return true;
                Thread.SpinWait(4);
            }
        }
        while (System.Diagnostics.Stopwatch.GetTimestamp() < until && !_disposed);

        Interlocked.Increment(ref _asleep);
        if (_disposed || (_open != seen && _open % 2 != 0))
        {
            Interlocked.Decrement(ref _asleep);
            return !_disposed;
        }
        _wake.Wait();
        Interlocked.Decrement(ref _asleep);
        return false;
    }

    /// <summary>On cache lines of its own.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 192)]
    private struct PaddedCounter
    {
        [System.Runtime.InteropServices.FieldOffset(64)]
        public int Value;
    }
}
