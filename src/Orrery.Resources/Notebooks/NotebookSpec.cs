using System.Text.Json;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Notebooks;

/// <summary>What runs in the notebook and what it gets.</summary>
public sealed record NotebookSpec
{
    /// <summary>What runs in it.</summary>
    [OneOf("jupyter", "code-server"), Default("\"jupyter\"")]
    public string? Type { get; init; }

    /// <summary>Image with its tag or digest. Unset: one that suits the type.</summary>
    public string? Image { get; init; }

    /// <summary>Compute resources.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Environment variables.</summary>
    [ListMap("name")]
    public IReadOnlyList<ContainerEnvVar>? Env { get; init; }

    /// <summary>What outlives the notebook's stops.</summary>
    public NotebookStorage? Storage { get; init; }

    /// <summary>True: its storage stays, nothing runs.</summary>
    public bool? Stopped { get; init; }

    /// <summary>Seconds without use after which it stops. Unset: never.</summary>
    [AtLeast(60)]
    public int? IdleTimeoutSeconds { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Taints of nodes that do not keep it away.</summary>
    [RawList]
    public JsonElement? Tolerations { get; init; }
}

/// <summary>A volume that outlives the notebook's stops.</summary>
public sealed record NotebookStorage
{
    /// <summary>How large it is, such as <c>20Gi</c>.</summary>
    [Required(", for example 20Gi"), Quantity]
    public JsonElement? Size { get; init; }

    /// <summary>Where it appears. Default <c>/home/work</c>.</summary>
    [Pattern("^/", "absolute"), Default("\"/home/work\"")]
    public string? MountPath { get; init; }

    /// <summary>Kind of volume. Unset: the cluster's default.</summary>
    public string? StorageClassName { get; init; }
}
