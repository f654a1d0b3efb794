using System.Text.Json;
using Orrery.Resources.Models;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Training;

/// <summary>What is trained, on what, how, and where the result goes.</summary>
public sealed record TrainingJobSpec
{
    /// <summary>How it is run.</summary>
    [Required]
    public TrainingRuntimeReference? RuntimeRef { get; init; }

    /// <summary>What differs from the runtime.</summary>
    public TrainerSpec? Trainer { get; init; }

    /// <summary>Which model goes in, and where the new one goes.</summary>
    public TrainingModels? ModelConfig { get; init; }

    /// <summary>What it learns from.</summary>
    public StorageSpec? Datasets { get; init; }

    /// <summary>Settings of the training, and which of them are searched for.</summary>
    public HyperParameterTuning? HyperParameterTuningConfig { get; init; }

    /// <summary>True: it waits, and what runs is stopped.</summary>
    public bool? Suspend { get; init; }

    /// <summary>Labels of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Project that it belongs to.</summary>
    public string? CompartmentID { get; init; }

    internal IEnumerable<string> Problems() =>
    [
        .. ModelConfig?.OutputModel?.Problems("spec.modelConfig.outputModel") ?? [],
        .. Datasets?.Problems("spec.datasets") ?? [],
    ];
}

/// <summary>Names a training runtime.</summary>
public sealed record TrainingRuntimeReference
{
    /// <summary>Name of a TrainingRuntime or ClusterTrainingRuntime.</summary>
    [Required(" to the name of a TrainingRuntime or ClusterTrainingRuntime")]
    public string? Name { get; init; }

    /// <summary>Unset: a TrainingRuntime of the namespace, then a ClusterTrainingRuntime. Set: only that kind.</summary>
    [OneOf("TrainingRuntime", "ClusterTrainingRuntime")]
    public string? Kind { get; init; }

    /// <summary>Group of the kind.</summary>
    public string? ApiGroup { get; init; }
}

/// <summary>What differs from the runtime.</summary>
public sealed record TrainerSpec
{
    /// <summary>Image with its tag or digest.</summary>
    public string? Image { get; init; }

    /// <summary>Program and first arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Environment variables.</summary>
    [ListMap("name")]
    public IReadOnlyList<ContainerEnvVar>? Env { get; init; }

    /// <summary>Nodes that take part.</summary>
    [Between(1, 10_000)]
    public int? NumNodes { get; init; }

    /// <summary>Compute resources of each node.</summary>
    public ResourceRequirements? ResourcesPerNode { get; init; }

    /// <summary>A number, or <c>auto</c>, <c>cpu</c> or <c>gpu</c>: as many as there are.</summary>
    [IntOrString, Pattern("^(auto|cpu|gpu|[1-9][0-9]*)$", "a number, auto, cpu or gpu")]
    public JsonElement? NumProcPerNode { get; init; }
}

/// <summary>The model that goes in, and where the new one goes.</summary>
public sealed record TrainingModels
{
    /// <summary>Name of a BaseModel or ClusterBaseModel.</summary>
    public string? InputModel { get; init; }

    /// <summary>Where the result is written.</summary>
    public StorageSpec? OutputModel { get; init; }
}

/// <summary>Settings of the training, and which of them are searched for.</summary>
public sealed record HyperParameterTuning
{
    /// <summary>How the search goes, such as <c>bayes</c>.</summary>
    public string? Method { get; init; }

    /// <summary>What makes one trial better than another.</summary>
    public TuningMetric? Metric { get; init; }

    /// <summary>Settings, such as <c>strategy</c>, <c>loraR</c> and <c>learningRate</c>.</summary>
    [RawObject]
    public JsonElement? Parameters { get; init; }

    /// <summary>Most trials.</summary>
    [AtLeast(1)]
    public int? MaxTrials { get; init; }
}

/// <summary>What makes one trial better than another.</summary>
public sealed record TuningMetric
{
    /// <summary>Such as <c>loss</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Whether less or more is better.</summary>
    [OneOf("minimize", "maximize")]
    public string? Goal { get; init; }
}
