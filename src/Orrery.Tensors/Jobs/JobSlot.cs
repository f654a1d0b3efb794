namespace Orrery.Tensors.Jobs;

/// <summary>Where a job lies while it runs. Jobs of one type have one, so that a job allocates nothing.</summary>
internal abstract class JobSlot
{
    public int Chunks { get; set; }

    /// <summary>The caller need not wait for a chunk that somebody else took.</summary>
    public abstract bool IsRepeatable { get; }

    /// <summary>By the caller, whose job it is.</summary>
    public abstract void Run(int chunk);

    /// <summary>By another thread that took a chunk, while the job was the latest.</summary>
    /// <param name="left">Chunks that were left before this one.</param>
    public abstract void Help(Workers workers, long job, int left, ResultMemory memory);
}

/// <summary>The caller waits until all chunks are done: so the job stays what it is while anybody has one.</summary>
internal sealed class JobSlot<TJob> : JobSlot
    where TJob : struct, IJob
{
    private TJob _job;

    public override bool IsRepeatable => false;

    public void Set(in TJob job) => _job = job;

    public override void Run(int chunk) => _job.Run(chunk);

    public override void Help(Workers workers, long job, int left, ResultMemory memory)
    {
        int chunk = Chunks - left;
        try
        {
            _job.Run(chunk);
        }
        catch (Exception e)
        {
            workers.Fail(e);
        }
        workers.SetDone(job, chunk);
    }
}

/// <summary>The caller may be done with the job, and have begun another, while somebody is at a chunk of it: who helps works on a copy.</summary>
internal sealed unsafe class RepeatableSlot<TJob> : JobSlot
    where TJob : struct, IRepeatableJob
{
    private TJob _job;

    public override bool IsRepeatable => true;

    public void Set(in TJob job) => _job = job;

    public override void Run(int chunk) => _job.Run(chunk);

    public override void Help(Workers workers, long job, int left, ResultMemory memory)
    {
        var copy = _job;
        int chunk = Chunks - left;
        Interlocked.MemoryBarrier();
        if (!workers.IsLatest(job))
            return;                                                     // another job may have been written while this one was copied

        byte* results = memory.Reserve(copy.ResultBytes);
        try
        {
            copy.Run(chunk, results);
        }
        catch (Exception)
        {
            return;                                                     // the caller runs it again and gets the error itself, or needs it no more
        }
        if (!workers.TryHandOver(job, chunk))
            return;
        copy.HandOver(chunk, results);
        workers.SetDone(job, chunk);
    }
}

/// <summary>Memory of one thread for what it makes of a chunk. Grows to what is needed and stays.</summary>
internal sealed unsafe class ResultMemory
{
    private byte[] _bytes = [];

    public byte* Reserve(int bytes)
    {
        if (_bytes.Length < bytes + 64)
            _bytes = GC.AllocateUninitializedArray<byte>(bytes + 64, pinned: true);
        fixed (byte* first = _bytes)                                    // pinned for good
            return (byte*)(((nint)first + 63) & ~(nint)63);
    }
}
