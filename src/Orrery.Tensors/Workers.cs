using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Orrery.Tensors.Jobs;

namespace Orrery.Tensors;

/// <summary>
/// Threads that take chunks of a job one by one, the calling thread among them. One that comes late finds less to do; one that the machine stops in
/// the middle of a chunk holds up nobody where the job is an <see cref="IRepeatableJob"/>: the caller runs that chunk again. They wait for the next
/// job for some microseconds, then sleep. Jobs come from one thread at a time.
/// </summary>
public sealed class Workers : IDisposable
{
    /// <summary>How long a thread looks for the next job before it sleeps: longer than the steps between two products take, and too short to be seen when idle.</summary>
    private static readonly long Patience = Stopwatch.Frequency / 25_000;           // 40 µs

    private readonly Thread[] _threads;
    private readonly Sleepers _sleepers = new();
    private readonly SemaphoreSlim _done = new(0);
    private readonly ChunkStates _states = new();
    private readonly List<JobSlot> _slots = [];                         // one for each type of job so far
    private OpenChunks _open;
    private volatile JobSlot? _latest;
    private volatile int _callerWaits;
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

    /// <summary>Threads that sleep until there is a job.</summary>
    internal int Asleep => _sleepers.Count;

    /// <summary>Runs chunks 0 to chunks - 1, 2048 at most, and returns when all are done. Allocates nothing once it knows the type of job.</summary>
    /// <exception cref="Exception">Whatever the first chunk to fail has thrown, once all others are done; chunks not begun by then are not run.</exception>
    /// <exception cref="ObjectDisposedException">These workers are gone.</exception>
    public void Run<TJob>(ref TJob job, int chunks)
        where TJob : struct, IJob
    {
        if (RunsAlone(ref job, chunks))
            return;
        var slot = Slot<JobSlot<TJob>>();
        long number = _open.Begin();
        slot.Set(job);
        Run(slot, number, chunks);
    }

    /// <summary>The same, without waiting for other threads to end what they have begun.</summary>
    /// <inheritdoc cref="Run{TJob}"/>
    public void RunRepeatable<TJob>(ref TJob job, int chunks)
        where TJob : struct, IRepeatableJob
    {
        if (RunsAlone(ref job, chunks))
            return;
        var slot = Slot<RepeatableSlot<TJob>>();
        long number = _open.Begin();                                    // before the job is written: who still reads the one before will notice
        slot.Set(job);
        Run(slot, number, chunks);
    }

    /// <summary>Ends the threads: what jobs read is not read any more. Not while a job runs.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_threads.Length > 0)
            _sleepers.WakeForGood(_threads.Length);
        foreach (var thread in _threads)
            thread.Join();
        _sleepers.Dispose();
        _done.Dispose();
    }

    internal bool IsLatest(long job) => _open.Job == job;

    internal bool TryHandOver(long job, int chunk) => _states.TryHandOver(job, chunk);

    internal void SetDone(long job, int chunk)
    {
        _states.SetDone(job, chunk);
        if (_callerWaits == 1 && Interlocked.Exchange(ref _callerWaits, 0) == 1)
            _done.Release();
    }

    /// <summary>What was thrown first is the caller's; nobody takes a chunk any more.</summary>
    internal void Fail(Exception error)
    {
        Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
        while (_open.TryTake(out long job, out int left))
            SetDone(job, _latest!.Chunks - left);
    }

    private bool RunsAlone<TJob>(ref TJob job, int chunks)
        where TJob : struct, IJob
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunks, OpenChunks.Most);
        if (chunks > 1 && _threads.Length > 0)
            return false;
        for (int chunk = 0; chunk < chunks; chunk++)
            job.Run(chunk);
        return true;
    }

    private TSlot Slot<TSlot>()
        where TSlot : JobSlot, new()
    {
        foreach (var slot in _slots)
        {
            if (slot is TSlot found)
                return found;
        }
        var made = new TSlot();
        _slots.Add(made);
        return made;
    }

    private void Run(JobSlot slot, long job, int chunks)
    {
        slot.Chunks = chunks;
        _latest = slot;
        _error = null;
        _open.Open(chunks);                                             // with a barrier: whoever takes a chunk sees the above
        _sleepers.Wake(Math.Min(chunks - 1, _threads.Length));

        long start = Stopwatch.GetTimestamp();
        int own = 0;
        for (; _open.TryTake(out _, out int left); own++)
            RunHere(slot, job, chunks - left);

        // Who runs is done after about as long as one chunk took here; who is not after twice that does not run.
        long now = Stopwatch.GetTimestamp();
        long until = now + Math.Max(Patience / 8, 2 * (now - start) / Math.Max(1, own));
        for (int chunk = 0; chunk < chunks; chunk++)
            Await(slot, job, chunk, until);
        _error?.Throw();
    }

    private void RunHere(JobSlot slot, long job, int chunk)
    {
        try
        {
            slot.Run(chunk);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        _states.SetDone(job, chunk);
    }

    private void Await(JobSlot slot, long job, int chunk, long until)
    {
        for (long sleep = 0; !_states.IsDone(job, chunk);)
        {
            Thread.SpinWait(8);
            long now = Stopwatch.GetTimestamp();
            if (slot.IsRepeatable && now >= until && _states.TryTakeOver(job, chunk))
            {
                RunHere(slot, job, chunk);
                return;
            }
            sleep = sleep == 0 ? now + Patience : sleep;
            if (now < Math.Max(sleep, until))
                continue;

            // Somebody computes, hands over or waits for a processor: it gets this one.
            _callerWaits = 1;
            Interlocked.MemoryBarrier();
            if (!_states.IsDone(job, chunk) || Interlocked.Exchange(ref _callerWaits, 0) == 0)
                _done.Wait();                                           // whoever takes the 1 away wakes
        }
    }

    private void Work()
    {
        var memory = new ResultMemory();
        while (!_disposed)
        {
            if (_open.TryTake(out long job, out int left))
                Help(job, left, memory);
            else if (!IsJobSoon())
                Sleep();
        }
    }

    private void Help(long job, int left, ResultMemory memory)
    {
        // Between taking the chunk and here the caller may have run it itself, and gone on.
        var slot = _latest!;
        Interlocked.MemoryBarrier();
        if (IsLatest(job))
            slot.Help(this, job, left, memory);
    }

    private bool IsJobSoon()
    {
        long until = Stopwatch.GetTimestamp() + Patience;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                if (_open.Any)
                    return true;
                Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() < until && !_disposed);
        return false;
    }

    private void Sleep()
    {
        _sleepers.CountIn();
        if (_open.Any || _disposed)
            _sleepers.CountOut();
        else
            _sleepers.Sleep();
    }
}
