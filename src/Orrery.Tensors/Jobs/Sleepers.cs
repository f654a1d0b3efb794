namespace Orrery.Tensors.Jobs;

/// <summary>
/// Threads that sleep until there is a job. A thread counts itself in, looks once more whether there is one, and then sleeps or counts itself out; who
/// has a job counts out those that it wakes. So each is woken once, and nobody sleeps through a job.
/// </summary>
internal sealed class Sleepers : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private int _count;

    /// <summary>Without those that somebody is waking.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A full barrier too.</summary>
    public void CountIn() => Interlocked.Increment(ref _count);

    /// <summary>After <see cref="CountIn"/>: until woken.</summary>
    public void Sleep() => _wake.Wait();

    /// <summary>In place of <see cref="Sleep"/>.</summary>
    public void CountOut()
    {
        if (Take(1) == 0)
            _wake.Wait();                                               // somebody is waking it already
    }

    /// <summary>So many, or all that there are. After a barrier behind what they shall see.</summary>
    public void Wake(int wanted)
    {
        if (Take(wanted) is > 0 and var some)
            _wake.Release(some);
    }

    /// <summary>At the end, when all look whether it is there: so many threads, asleep or about to be.</summary>
    public void WakeForGood(int threads) => _wake.Release(threads);

    public void Dispose() => _wake.Dispose();

    private int Take(int wanted)
    {
        for (int count = Count; count > 0;)
        {
            int some = Math.Min(count, wanted);
            int now = Interlocked.CompareExchange(ref _count, count - some, count);
            if (now == count)
                return some;
            count = now;
        }
        return 0;
    }
}
