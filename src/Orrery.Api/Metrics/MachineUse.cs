namespace Orrery.Api.Metrics;

/// <summary>What a machine uses as a whole, whoever uses it.</summary>
/// <param name="Node">Name of its Node.</param>
/// <param name="MemoryBytes">That could not be had without taking it from somebody.</param>
/// <param name="ProcessorTime">Of all processors together, since it was started.</param>
public sealed record MachineUse(string Node, long MemoryBytes, TimeSpan ProcessorTime);
