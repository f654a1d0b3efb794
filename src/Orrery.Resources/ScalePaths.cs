namespace Orrery.Resources;

/// <summary>What a CustomResourceDefinition calls <c>subresources.scale</c>: the kind can be scaled without being known.</summary>
/// <param name="SpecReplicas">Of the number asked for, as <c>.spec.replicas</c>: names joined by dots.</param>
/// <param name="StatusReplicas">Of the number observed.</param>
/// <param name="Unset">What a spec without the number asks for.</param>
public sealed record ScalePaths(string SpecReplicas, string StatusReplicas, int Unset);
