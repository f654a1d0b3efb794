using Orrery.Resources.Schema;

namespace Orrery.Resources.Models;

/// <summary>What was last observed of the model's files.</summary>
public sealed record ModelStatus
{
    /// <summary>Where the model stands: <c>Ready</c> once its files are here and understood.</summary>
    [OneOf("Creating", "Importing", "In_Transit", "In_Training", "Ready", "Failed")]
    public string? State { get; init; }

    /// <summary>Where its provider says that it stands in its life.</summary>
    [OneOf("Deprecated", "Experiment", "Public", "Internal")]
    public string? Lifecycle { get; init; }

    /// <summary>File format by its first bytes: <c>gguf</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Library that the files were made with, where they say so.</summary>
    public ModelFramework? Framework { get; init; }

    /// <summary>The family, as the files name it: <c>qwen2</c>.</summary>
    public string? ModelType { get; init; }

    /// <summary>The class, as the files name it: <c>Qwen2ForCausalLM</c>. Files that name none have the family here too.</summary>
    public string? Architecture { get; init; }

    /// <summary>The method of quantization where there is one, as in <c>gptq</c>; else the type that most weights have, as in <c>BF16</c>.</summary>
    public string? Quantization { get; init; }

    /// <summary>Weights: counted where the files are there, with packed ones unpacked, and else estimated from the config.</summary>
    public long? Parameters { get; init; }

    /// <summary>Weights that one token goes through; fewer than all in a mixture of experts.</summary>
    public long? ActiveParameters { get; init; }

    /// <summary>Context length in tokens that the model was made for.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>What a sequence keeps in memory. Unset: nothing, or it is not known.</summary>
    public ModelKvCache? KvCache { get; init; }

    /// <summary>What it can do, by its files; the first is what it is there for. Words as in spec.modelCapabilities, which wins where it is set, and <c>TOOLS</c> and <c>TEXT_CLASSIFICATION</c>.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>Who made it, by its files. Most say nothing of it; what spec.vendor says is not repeated here.</summary>
    public string? Vendor { get; init; }

    /// <summary>Who made the family that it belongs to. Others train such models further, so it need not be whose weights these are.</summary>
    public string? FamilyVendor { get; init; }

    /// <summary>Licence, as the model card or the file has it.</summary>
    public string? License { get; init; }

    /// <summary>Parts of a diffusion model.</summary>
    public DiffusionPipeline? DiffusionPipeline { get; init; }

    /// <summary>Bytes of the weights with their scales, without headers.</summary>
    public long? WeightBytes { get; init; }

    /// <summary>Bytes of all files with weights.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Bytes that would come free if the model were deleted: its files of all versions that are here, without those that other models have too.</summary>
    public long? UnsharedBytes { get; init; }

    /// <summary>What one should know of how this was found.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Where engines on this machine find it.</summary>
    public string? Path { get; init; }

    /// <summary>The version of the spec that the files here are.</summary>
    public string? Version { get; init; }

    /// <summary>Which state of the origin the files are, in its words: a commit, or a manifest's digest.</summary>
    public string? Revision { get; init; }

    /// <summary>Over names and contents of all files.</summary>
    public string? Digest { get; init; }

    /// <summary>How far the files are on their way; absent when none are.</summary>
    public DownloadStatus? Download { get; init; }

    /// <summary>Nodes that have the files.</summary>
    public IReadOnlyList<string>? NodesReady { get; init; }

    /// <summary>Nodes that could not get the files.</summary>
    public IReadOnlyList<string>? NodesFailed { get; init; }

    /// <summary>Generation of the spec that this is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Aspects, each with reason and message.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>How far a model's files are on their way.</summary>
public sealed record DownloadStatus
{
    /// <summary>All of it in a few words: <c>30 %, 12.0 MiB/s, 4 min left</c>.</summary>
    public string? Progress { get; init; }

    /// <summary>Bytes of all files that are wanted.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Bytes that are here.</summary>
    public long CompletedBytes { get; init; }

    /// <summary>Files that are wanted.</summary>
    public int TotalFiles { get; init; }

    /// <summary>Files that are here and were checked.</summary>
    public int CompletedFiles { get; init; }

    /// <summary>Over the last seconds.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>At the present rate; absent while nothing comes.</summary>
    public long? SecondsLeft { get; init; }
}

/// <summary>A library that files were made with.</summary>
public sealed record ModelFramework
{
    /// <summary>Such as <c>transformers</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Its version then.</summary>
    public string? Version { get; init; }
}

/// <summary>What one sequence keeps in memory, with values of 16 bits.</summary>
public sealed record ModelKvCache
{
    /// <summary>Bytes of each token, in all layers together.</summary>
    public long? BytesPerToken { get; init; }

    /// <summary>How many of these bytes are in layers that keep only a window.</summary>
    public long? WindowedBytesPerToken { get; init; }

    /// <summary>Tokens of the window.</summary>
    public int? WindowTokens { get; init; }

    /// <summary>Bytes that a sequence takes whatever its length.</summary>
    public long? StateBytes { get; init; }
}
