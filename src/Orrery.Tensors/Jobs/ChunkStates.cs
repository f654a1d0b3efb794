namespace Orrery.Tensors.Jobs;

/// <summary>
/// What became of the chunks of the latest job. Numbers of jobs only grow, so a state of an older job says that nothing did, and one of a newer job
/// that it is too late.
/// <code>
///   nothing -- the one who took it --> handing over -> done
///          \-- the caller, who runs it again --> taken over -> done
/// </code>
/// </summary>
internal sealed class ChunkStates
{
    private const int StateBits = 2;
    private const long HandingOver = 1, TakenOver = 2, Done = 3;

    private readonly long[] _states = new long[OpenChunks.Most];

    public bool IsDone(long job, int chunk) => Volatile.Read(ref _states[chunk]) == (job << StateBits | Done);

    /// <summary>A full barrier too.</summary>
    public void SetDone(long job, int chunk) => Interlocked.Exchange(ref _states[chunk], job << StateBits | Done);

    /// <summary>False: it was taken over, be it long ago.</summary>
    public bool TryHandOver(long job, int chunk) => TryChange(job, chunk, HandingOver);

    /// <summary>False: it is handed over in this moment, or done.</summary>
    public bool TryTakeOver(long job, int chunk) => TryChange(job, chunk, TakenOver);

    private bool TryChange(long job, int chunk, long to)
    {
        long state = Volatile.Read(ref _states[chunk]);
        return state >> StateBits < job && Interlocked.CompareExchange(ref _states[chunk], job << StateBits | to, state) == state;
    }
}
