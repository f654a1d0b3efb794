using Orrery.Resources.Runtimes;

namespace Orrery.Control.Runtimes;

/// <summary>A runtime that might serve a model, of either scope, with everything that it inherits.</summary>
/// <param name="Kind"><c>ServingRuntime</c> or <c>ClusterServingRuntime</c>.</param>
public sealed record RuntimeCandidate(string Kind, string Name, RuntimeSpec Spec)
{
    public bool IsNamespaced => Kind == "ServingRuntime";

    /// <summary>Why what it inherits could not be found. Null: nothing is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>The revision that it is held at. Null: it is as it is.</summary>
    public string? Pinned { get; init; }

    /// <summary>It is held at a revision, and says something else by now.</summary>
    public bool HasDrifted { get; init; }

    public override string ToString() => $"{Kind} '{Name}'";
}
