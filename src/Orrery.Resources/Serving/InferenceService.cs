using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Serving;

/// <summary>A model that answers requests: which model, which runtime, how many replicas of which components.</summary>
public sealed record InferenceService : Resource, IResource<InferenceService>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public InferenceServiceSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public InferenceServiceStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    // Its workloads carry its name and their component's, and a label holds 63 letters.
    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<InferenceService>(
            $"self.metadata.name.size() <= {ServingNames.MaxLength}",
            s => s.Metadata.Name is not { Length: > ServingNames.MaxLength }, "metadata.name",
            $"is too long: the names of its workloads leave room for {ServingNames.MaxLength} letters"),
    ];

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
            new("URL", "string", ".status.url", "Where clients reach it: base of an OpenAI-compatible API.", Priority: 1),
            new("Revision", "string", ".status.components.engine.revision", "Hash of what the engine's replicas run.", Priority: 1),
        ],
        // Replicas that always run are the one number that a person sets: the engine's lower bound. Raising it past maxReplicas is refused by
        // validation rather than moving a limit that somebody chose. A decoder and a router are sized in the spec.
        Scale = new(SpecReplicas: ".spec.engine.minReplicas", StatusReplicas: ".status.components.engine.readyReplicas", Unset: 1),
        View = ResourceJson.Default.InferenceService,
        Problems = document => Shape.Problems<InferenceService>(document),
    };
}
