using System.Text.Json;
using Orrery.Resources.Workloads;

namespace Orrery.Resources.Serving;

/// <summary>Data of the ControllerRevisions of an InferenceService.</summary>
public sealed record ServiceRevisionData
{
    /// <summary>The fields of its spec that say what its replicas run.</summary>
    public JsonElement Template { get; init; }

    /// <summary>The engine's workload, completely rendered but for the values of secrets.</summary>
    public Workload? Engine { get; init; }
}
