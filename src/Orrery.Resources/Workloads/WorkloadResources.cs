namespace Orrery.Resources.Workloads;

/// <summary>What one replica may use. Null: no limit.</summary>
/// <param name="MemoryBytes">Above it the replica is ended, for want of memory.</param>
/// <param name="Processors">Processor time in seconds for each second.</param>
/// <param name="Accelerators">Accelerators of its own, by what the node calls them.</param>
public sealed record WorkloadResources(long? MemoryBytes, double? Processors, AcceleratorShare? Accelerators)
{
    public static WorkloadResources Unlimited { get; } = new(null, null, null);
}

/// <param name="Resource">As in <c>nvidia.com/gpu</c>.</param>
/// <param name="Class">AcceleratorClass that they are of. Null: any.</param>
public sealed record AcceleratorShare(string Resource, int Count, string? Class);
