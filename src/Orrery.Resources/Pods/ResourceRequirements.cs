using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Pods;

/// <summary>Compute resources of a container: quantities by resource name.</summary>
public sealed record ResourceRequirements
{
    /// <summary>The most that it may use, as in <c>nvidia.com/gpu: 1</c>.</summary>
    [Quantity]
    public IReadOnlyDictionary<string, JsonElement>? Limits { get; init; }

    /// <summary>What a node must have free for it. Unset: as the limits.</summary>
    [Quantity]
    public IReadOnlyDictionary<string, JsonElement>? Requests { get; init; }

    /// <summary>Claims of dynamic resource allocation.</summary>
    [RawList]
    public JsonElement? Claims { get; init; }
}
