using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Training;

/// <summary>How training is run: numbers of nodes and processes, gang scheduling, and what runs.</summary>
public sealed record TrainingRuntimeSpec
{
    /// <summary>How many nodes and processes, and how they find each other.</summary>
    public MachineLearningPolicy? MlPolicy { get; init; }

    /// <summary>How all workers are scheduled at once.</summary>
    public PodGroupPolicy? PodGroupPolicy { get; init; }

    /// <summary>A JobSet template: what runs on a cluster.</summary>
    [RawObject]
    public JsonElement? Template { get; init; }

    /// <summary>What runs on a machine without containers.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>Labels of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Project that it belongs to.</summary>
    public string? CompartmentID { get; init; }
}

/// <summary>How many nodes and processes, and how they find each other: by torchrun or by MPI.</summary>
public sealed record MachineLearningPolicy
{
    /// <summary>Nodes of a job that says nothing else.</summary>
    [Between(1, 10_000)]
    public int? NumNodes { get; init; }

    /// <summary>By torchrun.</summary>
    public TorchPolicy? Torch { get; init; }

    /// <summary>By MPI.</summary>
    public MpiPolicy? Mpi { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<MachineLearningPolicy>("!has(self.torch) || !has(self.mpi)", p => p.Torch is null || p.Mpi is null, "mpi", "must not be set beside torch"),
    ];
}

/// <summary>Processes that torchrun starts.</summary>
public sealed record TorchPolicy
{
    /// <summary>A number, or <c>auto</c>, <c>cpu</c> or <c>gpu</c>: as many as there are.</summary>
    [IntOrString, Pattern("^(auto|cpu|gpu|[1-9][0-9]*)$", "a number, auto, cpu or gpu")]
    public JsonElement? NumProcPerNode { get; init; }

    /// <summary>How the number of nodes may change while it runs.</summary>
    public ElasticPolicy? ElasticPolicy { get; init; }
}

/// <summary>How the number of nodes may change while it runs.</summary>
public sealed record ElasticPolicy
{
    /// <summary>Fewest nodes.</summary>
    [AtLeast(1)]
    public int? MinNodes { get; init; }

    /// <summary>Most nodes.</summary>
    [AtLeast(1)]
    public int? MaxNodes { get; init; }

    /// <summary>Restarts before the job fails.</summary>
    [AtLeast(0)]
    public int? MaxRestarts { get; init; }

    /// <summary>What scaling looks at: metrics of a HorizontalPodAutoscaler.</summary>
    [RawList]
    public JsonElement? Metrics { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<ElasticPolicy>(
            "!has(self.minNodes) || !has(self.maxNodes) || self.maxNodes >= self.minNodes",
            p => !(p.MinNodes > p.MaxNodes), "maxNodes", "must not be below minNodes"),
    ];
}

/// <summary>Processes that MPI starts.</summary>
public sealed record MpiPolicy
{
    /// <summary>Processes on each node.</summary>
    [AtLeast(1)]
    public int? NumProcPerNode { get; init; }

    /// <summary>Whose MPI it is.</summary>
    [OneOf("OpenMPI", "Intel", "MPICH")]
    public string? MpiImplementation { get; init; }

    /// <summary>Where the keys for SSH are mounted.</summary>
    [JsonPropertyName("sshAuthMountPath")]
    public string? SshAuthMountPath { get; init; }

    /// <summary>True: the launcher works too.</summary>
    public bool? RunLauncherAsNode { get; init; }
}

/// <summary>How all workers are scheduled at once.</summary>
public sealed record PodGroupPolicy
{
    /// <summary>By the coscheduling plugin.</summary>
    public CoschedulingPolicy? Coscheduling { get; init; }
}

/// <summary>Gang scheduling by the coscheduling plugin.</summary>
public sealed record CoschedulingPolicy
{
    /// <summary>How long to wait for room for all, in seconds.</summary>
    [AtLeast(0)]
    public int? ScheduleTimeoutSeconds { get; init; }
}
