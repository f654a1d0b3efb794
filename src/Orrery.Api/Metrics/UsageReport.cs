using Orrery.Resources.Workloads;

namespace Orrery.Api.Metrics;

/// <summary>What everything used at one moment, and until then.</summary>
/// <param name="Stamp">Of the same moment as <paramref name="At"/>, on a clock that nobody sets.</param>
/// <param name="Machine">Null: it cannot be measured.</param>
internal sealed record UsageSample(DateTimeOffset At, long Stamp, IReadOnlyList<ReplicaUsage> Replicas, MachineUse? Machine);

/// <summary>What one replica or machine uses.</summary>
/// <param name="Processors">On average over the window: 1.5 is one and a half.</param>
internal readonly record struct Use(double Processors, long MemoryBytes);

/// <summary>What is used, of a window of time.</summary>
/// <param name="At">Its end.</param>
/// <param name="Replicas">By namespace and name.</param>
/// <param name="Machine">With the name of its node; null: not measured.</param>
internal sealed record UsageReport(DateTimeOffset At, TimeSpan Window, IReadOnlyDictionary<(string Namespace, string Name), Use> Replicas, (string Node, Use Use)? Machine)
{
    /// <summary>Memory is that of the later sample, processors the difference of both. Pure.</summary>
    /// <param name="window">Between the two; above zero.</param>
    public static UsageReport Between(UsageSample before, UsageSample after, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        var earlier = before.Replicas.ToDictionary(Key, r => r.ProcessorTime);
        var replicas = after.Replicas.ToDictionary(Key, r => new Use(Rate(earlier.GetValueOrDefault(Key(r)), r.ProcessorTime, window), r.MemoryBytes));
        return new UsageReport(
            after.At, window, replicas,
            after.Machine is { } machine && before.Machine is { } was ? (machine.Node, new Use(Rate(was.ProcessorTime, machine.ProcessorTime, window), machine.MemoryBytes)) : null);
    }

    private static (string, string) Key(ReplicaUsage replica) => (replica.Workload.Namespace, replica.Replica);

    // Less than before: it was started again within the window, so that all of its time fell into it.
    private static double Rate(TimeSpan before, TimeSpan after, TimeSpan window) => (after < before ? after : after - before) / window;
}
