using Orrery.ModelAgent.Downloads;
using Orrery.Storage.Http;

namespace Orrery.ModelAgent;

/// <summary>What an agent takes from the machine and from chance, for tests to replace.</summary>
internal sealed record ModelAgentSeams
{
    public Network Network { get; init; } = Network.OfMachine;

    public RetryPlan Retries { get; init; } = RetryPlan.Default;

    public Random Random { get; init; } = Random.Shared;

    /// <summary>How often progress alone is told.</summary>
    public TimeSpan TellEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Of the disk; null: ask it.</summary>
    public Func<long>? FreeBytes { get; init; }
}
