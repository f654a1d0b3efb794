namespace Orrery.Local.Limits;

/// <summary>What one replica may use, with all that it starts. Null: no limit.</summary>
/// <param name="Processors">Processor time in seconds for each second.</param>
internal sealed record ReplicaLimits(long? MemoryBytes, double? Processors);
