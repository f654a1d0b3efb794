using Orrery.Resources.Runtimes;

namespace Orrery.Control.Runtimes;

/// <summary>A runtime that might serve a model, of either scope, with everything that it inherits.</summary>
/// <param name="Kind"><c>ServingRuntime</c> or <c>ClusterServingRuntime</c>.</param>
public sealed record RuntimeCandidate(string Kind, string Name, RuntimeSpec Spec)
{
    public bool IsNamespaced => Kind == "ServingRuntime";

    /// <summary>Why what it inherits could not be found. Null: nothing is wrong.</summary>
    public string? Problem { get; init; }

    public override string ToString() => $"{Kind} '{Name}'";
}
