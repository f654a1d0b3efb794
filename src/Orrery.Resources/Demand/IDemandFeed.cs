using Orrery.Resources.Workloads;

namespace Orrery.Resources.Demand;

/// <summary>
/// What gateways see of each service, told to those who scale. In memory on one machine; a stream from each gateway on a cluster.
/// Never a store write per request.
/// </summary>
public interface IDemandFeed
{
    /// <summary>The present figures. A service that was never asked for reads as zeros.</summary>
    ServiceDemand Read(ResourceKey service);

    /// <summary>How requests ended at one workload of a service, since start; also requests that another workload answered in the end.</summary>
    AnswerCounts Answers(WorkloadKey workload);

    /// <summary>Services whose demand turned on (first waiting request) or off (last request ended). Those in demand now come first.</summary>
    IAsyncEnumerable<ResourceKey> WatchAsync(CancellationToken ct);
}

/// <param name="Waiting">Requests that no replica has yet.</param>
/// <param name="InFlight">Requests that a replica works on.</param>
/// <param name="Tokens">Prompt and completion tokens since start.</param>
/// <param name="LastUsed">Last arrival or end of a request; null: never.</param>
/// <param name="Arrived">Requests since start.</param>
/// <param name="TokensInFlight">Tokens of the prompts and answers of requests that wait or are worked on, as far as they are known: prompts at four bytes a token until a replica has counted them.</param>
public sealed record ServiceDemand(int Waiting, int InFlight, long Tokens, DateTimeOffset? LastUsed, long Arrived = 0, long TokensInFlight = 0)
{
    public static ServiceDemand None { get; } = new(0, 0, 0, null);
}

/// <param name="Failed">Of <paramref name="All"/>: answered 5xx, or not to the end.</param>
public sealed record AnswerCounts(long All, long Failed)
{
    public static AnswerCounts None { get; } = new(0, 0);
}
