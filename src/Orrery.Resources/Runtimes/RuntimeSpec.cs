using Orrery.Resources.Models;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;
using Orrery.Resources.Serving;

namespace Orrery.Resources.Runtimes;

/// <summary>
/// How to run models of some formats. Fields follow OME; <see cref="Process"/> is Orrery's: how to run without containers. The pod fields are OME's
/// older inline form; <see cref="EngineConfig"/> says the same per component.
/// </summary>
public sealed record RuntimeSpec : PodFields
{
    /// <summary>
    /// Name of a runtime whose fields this one has too, unless it sets them itself: records merge by field, lists with keys by key, sets are united, other
    /// lists are replaced. A ServingRuntime may name one of its namespace or a ClusterServingRuntime. <c>disabled</c> is not inherited, and a <c>process</c> or list
    /// entry that is set at all is checked as it stands: its required fields are written again.
    /// </summary>
    public string? InheritsFrom { get; init; }

    /// <summary>What it can serve. A service without a runtime gets the best match.</summary>
    public IReadOnlyList<SupportedModelFormat>? SupportedModelFormats { get; init; }

    /// <summary>What models can do on it. Unset: anything.</summary>
    [ModelCapability]
    public IReadOnlyList<string>? ModelCapabilities { get; init; }

    /// <summary>Sizes of models that it is made for. Unset: any.</summary>
    public ModelSizeRange? ModelSizeRange { get; init; }

    /// <summary>True: no service gets it.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Protocols that it speaks.</summary>
    [OneOf("openAI", "openInference-v1", "openInference-v2")]
    public IReadOnlyList<string>? ProtocolVersions { get; init; }

    /// <summary>Accelerators that it needs. Unset: none in particular.</summary>
    public AcceleratorRequirements? AcceleratorRequirements { get; init; }

    /// <summary>How each replica starts on a machine without containers.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>The engine as a service gets it, unless the service says otherwise.</summary>
    public ComponentSpec? EngineConfig { get; init; }

    /// <summary>The decoder of services that divide prefill and decode.</summary>
    public ComponentSpec? DecoderConfig { get; init; }

    /// <summary>The router before engines.</summary>
    public ComponentSpec? RouterConfig { get; init; }

    /// <summary>Workers beside the container of the inline form, for models over several nodes.</summary>
    public WorkerSpec? Workers { get; init; }

    /// <summary>Labels of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    internal IEnumerable<string> Problems()
    {
        foreach (string problem in Process?.Problems("spec.process") ?? [])
            yield return problem;
        foreach (var (component, name) in new[] { (EngineConfig, "engineConfig"), (DecoderConfig, "decoderConfig"), (RouterConfig, "routerConfig") })
        {
            foreach (string problem in component?.Problems($"spec.{name}") ?? [])
                yield return problem;
        }
    }
}

/// <summary>Inclusive, such as <c>7B</c> to <c>9B</c>; either end may be open.</summary>
public sealed record ModelSizeRange
{
    /// <summary>Smallest number of weights. Unset: no lower end.</summary>
    [Pattern(ParameterSize.Expression, ParameterSize.Meaning)]
    public string? Min { get; init; }

    /// <summary>Largest number of weights. Unset: no upper end.</summary>
    [Pattern(ParameterSize.Expression, ParameterSize.Meaning)]
    public string? Max { get; init; }
}
