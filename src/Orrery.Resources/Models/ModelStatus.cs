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

    /// <summary>As the files name it.</summary>
    public string? Architecture { get; init; }

    /// <summary>The type that most weights have.</summary>
    public string? Quantization { get; init; }

    /// <summary>Weights, counted from the tensors' shapes.</summary>
    public long? Parameters { get; init; }

    /// <summary>Context length in tokens that the files state.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long? SizeBytes { get; init; }

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
