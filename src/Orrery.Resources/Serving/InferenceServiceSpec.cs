using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>Which model answers, how, and with how many replicas.</summary>
public sealed record InferenceServiceSpec
{
    /// <summary>The model that answers. May be left out where <see cref="External"/> is set.</summary>
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

    /// <summary>A server that runs elsewhere answers; nothing is started here. OME calls it a VirtualDeployment.</summary>
    public ExternalEndpoint? External { get; init; }

    /// <summary>When accelerators or memory do not suffice for all, services of a higher one go first. Default 0.</summary>
    [Between(-1_000_000, 1_000_000)]
    public int? Priority { get; init; }

    /// <summary>True: its replicas are never stopped to make room for another service's.</summary>
    public bool? Pinned { get; init; }

    /// <summary>True: replicas are not replaced when what they run changes, until it is false again.</summary>
    public bool? Paused { get; init; }

    /// <summary>Any other value than before replaces every replica, as <c>orrery rollout restart</c> does.</summary>
    public DateTimeOffset? RestartedAt { get; init; }

    /// <summary>Revisions that are kept to go back to, besides those that run. Default 10.</summary>
    [Between(0, 100)]
    public int? RevisionHistoryLimit { get; init; }

    /// <summary>Scaling by a Prometheus query.</summary>
    public KedaConfig? KedaConfig { get; init; }

    /// <summary>OME's deprecated shape. Kept and never read: say the same under <c>model</c> and <c>engine</c>.</summary>
    [RawObject]
    public JsonElement? Predictor { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<InferenceServiceSpec>(
            "has(self.model) || has(self.external)", s => s.Model is not null || s.External is not null, "model", "must be set to a model, or external to a server that runs elsewhere"),
        Rule.For<InferenceServiceSpec>(
            "!has(self.external) || (!has(self.engine) && !has(self.decoder) && !has(self.router))",
            s => s.External is null || (s.Engine is null && s.Decoder is null && s.Router is null), "external", "must not be set beside engine, decoder or router: nothing is started for it"),
    ];

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

    /// <summary>
    /// Name of a ControllerRevision of this service, or of another of the namespace: the service runs the runtime as it was then, however it changes. Unset: the runtime as it is.
    /// </summary>
    public string? Revision { get; init; }

    /// <summary>Group of the kind.</summary>
    public string? ApiGroup { get; init; }
}
