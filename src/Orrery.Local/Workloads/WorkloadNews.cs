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
    /// <param name="Code">Its exit code, when it ended by itself.</param>
    /// <param name="Signal">Of its end, when it was one.</param>
    /// <param name="OomKilled">For want of memory within its limit.</param>
    public sealed record Ended(string RunId, string Why, int? Code = null, int? Signal = null, bool OomKilled = false) : WorkloadNews;

    /// <summary>A run in a container is over but for the removal of that.</summary>
    public sealed record Ending(string RunId) : WorkloadNews;

    /// <summary>A run began, and these of its limits are not held here.</summary>
    public sealed record LimitsNotHeld(string RunId, string Message) : WorkloadNews;

    /// <summary>Accelerators became free.</summary>
    public sealed record Released : WorkloadNews;

    /// <summary>Somebody deleted the pod of a replica.</summary>
    /// <param name="Uid">Of that pod: a later one of the same name is another.</param>
    public sealed record PodDeleted(string Replica, string Uid) : WorkloadNews;

    public sealed record SupervisorUp : WorkloadNews;

    public sealed record SupervisorDown : WorkloadNews;
}
