namespace Orrery.Resources.Demand;

/// <summary>How the answers of one workload ended.</summary>
internal sealed class AnswerOutcomes
{
    private long _all;
    private long _failed;

    public void Add(bool failed)
    {
        Interlocked.Increment(ref _all);
        if (failed)
            Interlocked.Increment(ref _failed);
    }

    // Failed first: what is added in between makes the share smaller, never above one.
    public AnswerCounts Read()
    {
        long failed = Interlocked.Read(ref _failed);
        return new AnswerCounts(Interlocked.Read(ref _all), failed);
    }
}
