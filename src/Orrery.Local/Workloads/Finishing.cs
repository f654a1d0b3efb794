using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>
/// How long TERM waits for the answers that a stopping replica has begun: most servers end at once with whatever they do. Ours is told at once,
/// since it finishes them by itself and says of what is not done that it is not. Pure.
/// </summary>
internal static class Finishing
{
    private static readonly TimeSpan MaxEnding = TimeSpan.FromSeconds(1);

    /// <param name="since">It gets no new requests.</param>
    /// <param name="inFlight">Requests that it works on.</param>
    public static bool Waits(Workload workload, TimeSpan since, int inFlight)
        => inFlight > 0 && workload.Process is not { Command: ["orrery", ..] } && since < workload.DrainTimeout - Ending(workload);

    /// <summary>From TERM to KILL, so that all of it takes no longer than the workload's time to drain.</summary>
    public static TimeSpan Grace(Workload workload, TimeSpan since)
        => workload.DrainTimeout - since is var left && left > Ending(workload) ? left : Ending(workload);

    // What a server has for its end itself.
    private static TimeSpan Ending(Workload workload) => workload.DrainTimeout / 2 < MaxEnding ? workload.DrainTimeout / 2 : MaxEnding;
}
