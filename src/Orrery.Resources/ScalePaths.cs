namespace Orrery.Resources;

/// <summary>Where the numbers of the <c>scale</c> subresource stand in an object.</summary>
/// <param name="Spec">Path of the replicas that are asked for, under <c>.spec</c>.</param>
/// <param name="Status">Path of the replicas that are there, under <c>.status</c>.</param>
public sealed record ScalePaths(string Spec, string Status);
