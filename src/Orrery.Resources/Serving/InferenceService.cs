using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Serving;

/// <summary>A model that answers requests: which model, which runtime, how many replicas of which components.</summary>
public sealed record InferenceService : Resource, IResource<InferenceService>
{
    public InferenceServiceSpec Spec { get; init => field = value ?? new(); } = new();

    public InferenceServiceStatus? Status { get; init; }

    public override IEnumerable<string> Problems()
    {
        if (Metadata.Name is { Length: > ServingNames.MaxLength } name)
            yield return $"metadata.name: '{name}' is {name.Length} letters long; the names of its workloads leave room for {ServingNames.MaxLength}";
        foreach (string problem in Spec.Problems())
            yield return problem;
    }

    public static JsonTypeInfo<InferenceService> View => ResourceJson.Default.InferenceService;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "InferenceService",
        Plural = "inferenceservices",
        ShortNames = ["isvc"],
        Categories = ["all"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Model", "string", ".spec.model.name", "The model that it serves."),
            new("Runtime", "string", ".status.runtime", "The runtime that was chosen."),
            new("Replicas", "string", ".status.components.engine.replicas", "Ready of wanted engine replicas."),
            new("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status", "True: every component answers."),
            new("Reason", "string", ".status.conditions[?(@.type==\"Ready\")].reason", "Why it is or is not ready."),
            new("Revision", "string", ".status.components.engine.revision", "Hash of what the engine's replicas run.", Priority: 1),
        ],
        // Replicas that always run are the one number that a person sets: the engine's lower bound. Raising it past maxReplicas is refused by
        // validation rather than moving a limit that somebody chose. A decoder and a router are sized in the spec.
        Scale = new(SpecReplicas: ".spec.engine.minReplicas", StatusReplicas: ".status.components.engine.readyReplicas", Unset: 1),
        View = ResourceJson.Default.InferenceService,
        Problems = document => Shape.Problems<InferenceService>(document),
    };
}

public sealed record InferenceServiceSpec
{
    public ModelReference? Model { get; init; }

    /// <summary>Unset: chosen by the model's format.</summary>
    public RuntimeReference? Runtime { get; init; }

    public ComponentSpec? Engine { get; init; }
    public ComponentSpec? Decoder { get; init; }
    public ComponentSpec? Router { get; init; }
    public JsonElement? AcceleratorSelector { get; init; }
    public JsonElement? KedaConfig { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Model?.Name is not { Length: > 0 })
            yield return "spec.model.name: must name a BaseModel or ClusterBaseModel";
        if (Model?.Kind is { } modelKind and not ("BaseModel" or "ClusterBaseModel"))
            yield return $"spec.model.kind: '{modelKind}' must be BaseModel or ClusterBaseModel";
        if (Runtime is { Name: null or "" })
            yield return "spec.runtime.name: must be set; leave out spec.runtime to have one chosen";
        if (Runtime?.Kind is { } runtimeKind and not ("ServingRuntime" or "ClusterServingRuntime"))
            yield return $"spec.runtime.kind: '{runtimeKind}' must be ServingRuntime or ClusterServingRuntime";
        foreach (var (component, name) in new[] { (Engine, "engine"), (Decoder, "decoder"), (Router, "router") })
        {
            foreach (string problem in component?.Problems($"spec.{name}") ?? [])
                yield return problem;
        }
    }
}

public sealed record ModelReference
{
    public string? Name { get; init; }

    /// <summary>Unset: a BaseModel of the namespace, then a ClusterBaseModel. Set: only that kind.</summary>
    public string? Kind { get; init; }

    public string? ApiGroup { get; init; }
    public IReadOnlyList<string>? FineTunedWeights { get; init; }
}

public sealed record RuntimeReference
{
    public string? Name { get; init; }

    /// <summary>Unset: a ServingRuntime of the namespace, then a ClusterServingRuntime. Set: only that kind.</summary>
    public string? Kind { get; init; }

    public string? ApiGroup { get; init; }
}

/// <summary>What was last observed. Losing it loses nothing.</summary>
public sealed record InferenceServiceStatus
{
    /// <summary>Name of the chosen runtime.</summary>
    public string? Runtime { get; init; }

    public IReadOnlyDictionary<string, ComponentStatus>? Components { get; init; }
    public long? ObservedGeneration { get; init; }
    public IReadOnlyList<Condition>? Conditions { get; init; }
}

public sealed record ComponentStatus
{
    /// <summary>Ready of wanted, as in <c>1/2</c>.</summary>
    public string? Replicas { get; init; }

    public int? ReadyReplicas { get; init; }
    public int? DesiredReplicas { get; init; }

    /// <summary>Hash of what the replicas run.</summary>
    public string? Revision { get; init; }
}

/// <summary>Condition types of an InferenceService beside Ready, and the reasons that others than people act on.</summary>
public static class ServiceConditions
{
    /// <summary>True; its message names fields of the spec that nothing heeds yet.</summary>
    public const string Accepted = "Accepted";

    public const string ModelResolved = "ModelResolved";
    public const string RuntimeSelected = "RuntimeSelected";
    public const string EngineReady = "EngineReady";
    public const string DecoderReady = "DecoderReady";
    public const string RouterReady = "RouterReady";

    public const string ModelNotFound = "ModelNotFound";
    public const string ModelDisabled = "ModelDisabled";
    public const string WeightsNotSupported = "WeightsNotSupported";
    public const string NoRuntime = "NoRuntime";
    public const string WorkloadRefused = "WorkloadRefused";

    /// <summary>Why no replica will come however long one waits, until somebody changes something; null: one may come.</summary>
    public static string? Blocked(InferenceService service)
        => service.Status is { } status && status.ObservedGeneration == service.Metadata.Generation
            ? status.Conditions?.FirstOrDefault(c => c is
            {
                Status: "False", Reason: ModelNotFound or ModelDisabled or WeightsNotSupported or NoRuntime or WorkloadRefused,
            })?.Message
            : null;
}

/// <summary>Names that follow from a service's name, the same in both homes.</summary>
public static class ServingNames
{
    /// <summary>Of a service's name: a label holds 63 letters, and workloads carry their component's name too.</summary>
    public const int MaxLength = 63 - 7;

    private const string EngineSuffix = "-engine";

    /// <summary>The engine's workload, and the service name that its EndpointSlices carry.</summary>
    public static string Engine(string service) => service + EngineSuffix;

    /// <summary>The service of an engine's workload; null for a name that is none.</summary>
    public static string? ServiceOf(string workload)
        => workload.EndsWith(EngineSuffix, StringComparison.Ordinal) ? workload[..^EngineSuffix.Length] : null;
}
