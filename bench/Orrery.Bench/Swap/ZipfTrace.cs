namespace Orrery.Bench.Swap;

/// <summary>Requests for models of which few are asked for often: the one at place k in 1/k of the times of the first. The same trace for the same seed.</summary>
/// <param name="At">From its begin.</param>
internal readonly record struct TracedRequest(TimeSpan At, int Model)
{
    /// <param name="every">Between two requests on average; they come independently of each other.</param>
    public static IReadOnlyList<TracedRequest> Zipf(int models, int requests, TimeSpan every, int seed = 1)
    {
        var random = new Random(seed);
        double[] upTo = new double[models];
        double sum = 0;
        for (int i = 0; i < models; i++)
            upTo[i] = sum += 1.0 / (i + 1);
        var trace = new TracedRequest[requests];
        var at = TimeSpan.Zero;
        for (int i = 0; i < requests; i++)
        {
            at -= every * Math.Log(1 - random.NextDouble());
            int model = Array.BinarySearch(upTo, random.NextDouble() * sum);
            trace[i] = new TracedRequest(at, model < 0 ? ~model : model);
        }
        return trace;
    }
}
