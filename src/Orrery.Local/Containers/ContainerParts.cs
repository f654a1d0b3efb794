namespace Orrery.Local.Containers;

/// <summary>What the loops of a runtime need for containers.</summary>
internal sealed record ContainerParts(EngineFinder Finder, ContainerImages Images, ContainerRecords Records);
