using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>What was last observed. Losing it loses nothing.</summary>
public sealed record InferenceServiceStatus
{
    /// <summary>Name of the chosen runtime.</summary>
    public string? Runtime { get; init; }

    /// <summary>How the runtime was chosen.</summary>
    public SelectionStatus? Selection { get; init; }

    /// <summary>The arithmetic of whether the model has room.</summary>
    public FitStatus? Fit { get; init; }

    /// <summary>Base of the OpenAI-compatible API where clients reach the service; of a server that runs elsewhere, its own.</summary>
    public string? Url { get; init; }

    /// <summary>Where other workloads reach the service.</summary>
    public ServiceAddress? Address { get; init; }

    /// <summary>Each component by its name: <c>engine</c>, <c>decoder</c>, <c>router</c>.</summary>
    public IReadOnlyDictionary<string, ComponentStatus>? Components { get; init; }

    /// <summary>The weights that are served beside the model, where replicas call them otherwise than by their own names.</summary>
    public IReadOnlyList<ServedWeight>? Weights { get; init; }

    /// <summary>How far the change to the model that is asked for has come.</summary>
    public ServedModelStatus? ModelStatus { get; init; }

    /// <summary>Generation of the spec that this is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Aspects, each with reason and message.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>A FineTunedWeight that a service serves.</summary>
public sealed record ServedWeight
{
    /// <summary>Name of the FineTunedWeight.</summary>
    public string? Name { get; init; }

    /// <summary>What a request to a replica names as its model.</summary>
    public string? Model { get; init; }
}

/// <summary>Where a service or component answers.</summary>
public sealed record ServiceAddress
{
    /// <summary>The URL.</summary>
    public string? Url { get; init; }
}

/// <summary>What was last observed of one component.</summary>
public sealed record ComponentStatus
{
    /// <summary>Ready of wanted, as in <c>1/2</c>.</summary>
    public string? Replicas { get; init; }

    /// <summary>Replicas that answer.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>Replicas that are wanted.</summary>
    public int? DesiredReplicas { get; init; }

    /// <summary>Hash of what the replicas run.</summary>
    public string? Revision { get; init; }

    /// <summary>Where the component answers.</summary>
    public string? Url { get; init; }

    /// <summary>Where other workloads reach the component.</summary>
    public ServiceAddress? Address { get; init; }

    /// <summary>Last revision that answered.</summary>
    public string? LatestReadyRevision { get; init; }

    /// <summary>Last revision that was made.</summary>
    public string? LatestCreatedRevision { get; init; }

    /// <summary>Revision that has all requests.</summary>
    public string? LatestRolledoutRevision { get; init; }

    /// <summary>Revision that had all requests before.</summary>
    public string? PreviousRolledoutRevision { get; init; }

    /// <summary>Who gets the requests. OME has it only with Knative.</summary>
    public IReadOnlyList<RevisionTraffic>? Traffic { get; init; }

    /// <summary>Accelerators that were chosen, and why. OME never fills it in.</summary>
    public SelectedAccelerator? SelectedAccelerator { get; init; }

    /// <summary>How the last run of a replica that is over ended.</summary>
    public ReplicaExitStatus? LastExit { get; init; }
}

/// <summary>The share of requests that one revision gets.</summary>
public sealed record RevisionTraffic
{
    /// <summary>Hash of what its replicas run.</summary>
    public string? Revision { get; init; }

    /// <summary>The workload that runs it; its EndpointSlices carry that name.</summary>
    public string? Workload { get; init; }

    /// <summary>Of all requests.</summary>
    public int? Percent { get; init; }
}

/// <summary>How a run of a replica ended.</summary>
public sealed record ReplicaExitStatus
{
    /// <summary>The replica.</summary>
    public string? Replica { get; init; }

    /// <summary>Its exit code, where it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c> or <c>StartError</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>With its last lines.</summary>
    public string? Message { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>A choice of accelerators.</summary>
public sealed record SelectedAccelerator
{
    /// <summary>Name of the AcceleratorClass.</summary>
    public string? AcceleratorClass { get; init; }

    /// <summary>Why it was chosen.</summary>
    public string? Reason { get; init; }

    /// <summary>Accelerators of one replica.</summary>
    public int? Count { get; init; }
}

/// <summary>How far the change to the model that is asked for has come.</summary>
public sealed record ServedModelStatus
{
    /// <summary>Whether all replicas serve what is asked for.</summary>
    [OneOf("UpToDate", "InProgress", "BlockedByFailedLoad", "InvalidSpec")]
    public string? TransitionStatus { get; init; }

    /// <summary>State of what is served and of what is asked for.</summary>
    public ModelRevisionStates? ModelRevisionStates { get; init; }

    /// <summary>The last thing that went wrong.</summary>
    public ModelFailure? LastFailureInfo { get; init; }

    /// <summary>Replicas with the model.</summary>
    public ModelCopies? ModelCopies { get; init; }
}

/// <summary>State of what is served and of what is asked for: Pending, Standby, Loading, Loaded or FailedToLoad.</summary>
public sealed record ModelRevisionStates
{
    /// <summary>Of what is served.</summary>
    [OneOf("Pending", "Standby", "Loading", "Loaded", "FailedToLoad")]
    public string? ActiveModelState { get; init; }

    /// <summary>Of what is asked for.</summary>
    [OneOf("Pending", "Standby", "Loading", "Loaded", "FailedToLoad")]
    public string? TargetModelState { get; init; }
}

/// <summary>Why a model could not be served.</summary>
public sealed record ModelFailure
{
    /// <summary>Replica or component.</summary>
    public string? Location { get; init; }

    /// <summary>One CamelCase word for programs.</summary>
    public string? Reason { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>Revision that failed.</summary>
    public string? ModelRevisionName { get; init; }

    /// <summary>When it failed.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Of the process.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>Numbers of replicas with the model.</summary>
public sealed record ModelCopies
{
    /// <summary>That could not load it.</summary>
    public int? FailedCopies { get; init; }

    /// <summary>In all.</summary>
    public int? TotalCopies { get; init; }
}
