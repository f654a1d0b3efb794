namespace Orrery.Testing;

/// <summary>What code allocates once it is warm.</summary>
internal static class Allocations
{
    private const int Tries = 5;

    /// <summary>
    /// The fewest bytes that the calling thread allocated in one of several tries. What is allocated for every token shows in each of them; what the
    /// runtime does once (a thread's first wait for another, which depends on who gets a processor) does not.
    /// </summary>
    public static long Least(Action act, int tries = Tries)
    {
        long least = long.MaxValue;
        for (int i = 0; i < tries && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
