namespace Orrery.Gateway.Routing;

/// <summary>
/// Whose turn it is, by shares. Of as many requests in a row as the shares add up to each gets exactly its share, spread over them: the turns
/// step through 0 .. shares-1 by a number that has no factor in common with their count, so that each comes once, and that is near the golden
/// ratio of it, so that neighbouring ones come far apart.
/// </summary>
internal sealed class Turns
{
    private const double GoldenRatio = 0.618;

    private int _last = -1;

    /// <param name="shares">The sum of all; at least 1.</param>
    /// <returns>From 0 to less than <paramref name="shares"/>.</returns>
    public int Next(int shares)
    {
        uint turn = (uint)Interlocked.Increment(ref _last);
        return (int)((ulong)turn * (uint)StepFor(shares) % (uint)shares);
    }

    private static int StepFor(int shares)
    {
        int step = Math.Max(1, (int)(shares * GoldenRatio));
        while (CommonFactor(step, shares) != 1)
            step++;
        return step;
    }

    private static int CommonFactor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
