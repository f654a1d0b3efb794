using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>What the loop of one workload hears. At most a few per run of a replica.</summary>
internal abstract record WorkloadNews
{
    public sealed record Applied(Workload Workload) : WorkloadNews;

    public sealed record Deleted : WorkloadNews;

    /// <param name="RunId">Those of runs that are over are ignored.</param>
    public sealed record Probed(string RunId, ProbeOutcome Outcome) : WorkloadNews;

    /// <summary>A run ended, or never began.</summary>
    public sealed record Ended(string RunId, string Why) : WorkloadNews;

    public sealed record SupervisorUp : WorkloadNews;

    public sealed record SupervisorDown : WorkloadNews;
}
