using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>Which model answers, how, and with how many replicas.</summary>
public sealed record InferenceServiceSpec
{
    /// <summary>The model that answers.</summary>
    [Required]
    public ModelReference? Model { get; init; }

    /// <summary>How the model is run. Unset: chosen by the model's format.</summary>
    public RuntimeReference? Runtime { get; init; }

    /// <summary>The part that generates.</summary>
    public ComponentSpec? Engine { get; init; }

    /// <summary>The part that decodes, where prefill and decode are divided.</summary>
    public ComponentSpec? Decoder { get; init; }

    /// <summary>A router before the engines.</summary>
    public ComponentSpec? Router { get; init; }

    /// <summary>Accelerators of every component that says nothing else.</summary>
    public AcceleratorSelector? AcceleratorSelector { get; init; }

    /// <summary>Scaling by a Prometheus query.</summary>
    public KedaConfig? KedaConfig { get; init; }

    /// <summary>OME's deprecated shape. Kept and never read: say the same under <c>model</c> and <c>engine</c>.</summary>
    [RawObject]
    public JsonElement? Predictor { get; init; }

    internal IEnumerable<string> Problems()
    {
        foreach (var (component, name) in new[] { (Engine, "engine"), (Decoder, "decoder"), (Router, "router") })
        {
            foreach (string problem in component?.Problems($"spec.{name}") ?? [])
                yield return problem;
        }
    }
}

/// <summary>Names the model of a service.</summary>
public sealed record ModelReference
{
    /// <summary>Name of a BaseModel or ClusterBaseModel.</summary>
    [Required(" to the name of a BaseModel or ClusterBaseModel")]
    public string? Name { get; init; }

    /// <summary>Unset: a BaseModel of the namespace, then a ClusterBaseModel. Set: only that kind. OME never reads it.</summary>
    [OneOf("BaseModel", "ClusterBaseModel")]
    public string? Kind { get; init; }

    /// <summary>Group of the kind.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>Names of FineTunedWeights that are served beside the model.</summary>
    [ListSet]
    public IReadOnlyList<string>? FineTunedWeights { get; init; }
}

/// <summary>Names the runtime of a service.</summary>
public sealed record RuntimeReference
{
    /// <summary>Name of a ServingRuntime or ClusterServingRuntime.</summary>
    [Required("; leave out spec.runtime to have one chosen")]
    public string? Name { get; init; }

    /// <summary>Unset: a ServingRuntime of the namespace, then a ClusterServingRuntime. Set: only that kind. OME never reads it.</summary>
    [OneOf("ServingRuntime", "ClusterServingRuntime")]
    public string? Kind { get; init; }

    /// <summary>Group of the kind.</summary>
    public string? ApiGroup { get; init; }
}
