using System.Text.Json;
using Orrery.Resources.Models;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Benchmarks;

/// <summary>What is measured, under which loads, for how long, and where the results go.</summary>
public sealed record BenchmarkJobSpec
{
    /// <summary>What is measured.</summary>
    [Required]
    public BenchmarkEndpoint? Endpoint { get; init; }

    /// <summary>What is asked of it.</summary>
    [Required(", for example text-to-text"), OneOf("text-to-text", "image-to-text", "text-to-embeddings", "image-to-embeddings")]
    public string? Task { get; init; }

    /// <summary>Lengths of prompts and answers, as in <c>D(100,1000)</c> or <c>N(480,240)/(300,150)</c>. Unset: those that suit the task.</summary>
    [Pattern(@"^(dataset|[A-Z]\([0-9]+(,[0-9]+)*\)(/\([0-9]+(,[0-9]+)*\))?)$", "a scenario such as D(100,1000) or N(480,240)/(300,150)")]
    public IReadOnlyList<string>? TrafficScenarios { get; init; }

    /// <summary>Requests in flight at a time, one run for each number.</summary>
    [Between(1, 1_000_000)]
    public IReadOnlyList<int>? NumConcurrency { get; init; }

    /// <summary>Longest time for each run, in minutes.</summary>
    [Required(", in minutes"), Between(1, 1_440)]
    public int? MaxTimePerIteration { get; init; }

    /// <summary>Most requests for each run.</summary>
    [Required, Between(1, int.MaxValue)]
    public int? MaxRequestsPerIteration { get; init; }

    /// <summary>Further fields of each request. OME checks them and never sends them; here they are sent.</summary>
    public IReadOnlyDictionary<string, string>? AdditionalRequestParams { get; init; }

    /// <summary>Where prompts come from. OME never reads it; here its lines are the prompts.</summary>
    public StorageSpec? Dataset { get; init; }

    /// <summary>Where results are written.</summary>
    [Required]
    public StorageSpec? OutputLocation { get; init; }

    /// <summary>Folder of the results. Unset: made from the job's name.</summary>
    public string? ResultFolderName { get; init; }

    /// <summary>Secret with the token for a gated tokenizer.</summary>
    public SecretName? HuggingFaceSecretReference { get; init; }

    /// <summary>What is measured, for the results' table.</summary>
    public BenchmarkedServer? ServiceMetadata { get; init; }

    /// <summary>What differs for the pod that makes the load.</summary>
    public BenchmarkPod? PodOverride { get; init; }

    internal IEnumerable<string> Problems() =>
    [
        .. Dataset?.Problems("spec.dataset") ?? [],
        .. OutputLocation?.Problems("spec.outputLocation") ?? [],
    ];
}

/// <summary>A service of ours, or any address.</summary>
public sealed record BenchmarkEndpoint
{
    /// <summary>A service of ours.</summary>
    public BenchmarkedService? InferenceService { get; init; }

    /// <summary>Any address.</summary>
    public BenchmarkedAddress? Endpoint { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<BenchmarkEndpoint>(
            "has(self.inferenceService) != has(self.endpoint)",
            e => e.InferenceService is null != e.Endpoint is null, "inferenceService", "or endpoint must be set, and only one of them"),
    ];
}

/// <summary>Names a service.</summary>
public sealed record BenchmarkedService
{
    /// <summary>Name of an InferenceService.</summary>
    [Required(" to the name of an InferenceService")]
    public string? Name { get; init; }

    /// <summary>Its namespace. Unset: that of the job.</summary>
    public string? Namespace { get; init; }
}

/// <summary>An address that answers like a known API.</summary>
public sealed record BenchmarkedAddress
{
    /// <summary>Without the path of the operation.</summary>
    [Required, Pattern("^https?://.+", "an address that starts with http:// or https://")]
    public string? Url { get; init; }

    /// <summary>Which API it speaks.</summary>
    [OneOf("openai", "oci-cohere", "cohere"), Default("\"openai\"")]
    public string? ApiFormat { get; init; }

    /// <summary>The model to name in requests.</summary>
    public string? ModelName { get; init; }
}

/// <summary>Names a Secret of the same namespace.</summary>
public sealed record SecretName
{
    /// <summary>Its name.</summary>
    [Required]
    public string? Name { get; init; }
}

/// <summary>What is measured, for the results' table.</summary>
public sealed record BenchmarkedServer
{
    /// <summary>Such as <c>vLLM</c>, <c>SGLang</c>, <c>TGI</c> or <c>Orrery</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>Version of the engine.</summary>
    public string? Version { get; init; }

    /// <summary>Such as <c>H100</c>.</summary>
    public string? GpuType { get; init; }

    /// <summary>How many of them.</summary>
    [AtLeast(0)]
    public int? GpuCount { get; init; }
}

/// <summary>What differs for the pod that makes the load.</summary>
public sealed record BenchmarkPod
{
    /// <summary>Image with its tag or digest.</summary>
    public string? Image { get; init; }

    /// <summary>Environment variables.</summary>
    [ListMap("name")]
    public IReadOnlyList<ContainerEnvVar>? Env { get; init; }

    /// <summary>Secrets and ConfigMaps that become environment variables whole.</summary>
    [RawList]
    public JsonElement? EnvFrom { get; init; }

    /// <summary>Where volumes appear.</summary>
    [RawList]
    public JsonElement? VolumeMounts { get; init; }

    /// <summary>Compute resources.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Taints of nodes that do not keep it away.</summary>
    [RawList]
    public JsonElement? Tolerations { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Which nodes and which neighbours are wanted.</summary>
    [RawObject]
    public JsonElement? Affinity { get; init; }

    /// <summary>Volumes.</summary>
    [RawList]
    public JsonElement? Volumes { get; init; }
}
