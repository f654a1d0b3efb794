using System.Text.Json;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Workloads;

namespace Orrery.Resources.Serving;

/// <summary>Data of the ControllerRevisions of an InferenceService.</summary>
public sealed record ServiceRevisionData
{
    /// <summary>The fields of its spec that say what its replicas run.</summary>
    public JsonElement Template { get; init; }

    /// <summary>The runtime as it was, with all that it inherited.</summary>
    public RevisionRuntime? Runtime { get; init; }

    /// <summary>The engine's workload, completely rendered but for the values of secrets.</summary>
    public Workload? Engine { get; init; }
}

/// <summary>A runtime at one time.</summary>
public sealed record RevisionRuntime
{
    /// <summary><c>ServingRuntime</c> or <c>ClusterServingRuntime</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>What it said.</summary>
    public RuntimeSpec? Spec { get; init; }
}
