using System.Text.Json;

namespace Orrery.Resources.Models;

/// <summary>What a model is and where its files are. Fields and meaning follow OME; what is not set is found out from the files.</summary>
public sealed record ModelSpec
{
    public FormatSpec? ModelFormat { get; init; }
    public FormatSpec? ModelFramework { get; init; }
    public string? ModelType { get; init; }
    public string? ModelArchitecture { get; init; }
    public string? Quantization { get; init; }

    /// <summary>Such as <c>7B</c> or <c>260K</c>.</summary>
    public string? ModelParameterSize { get; init; }

    public IReadOnlyList<string>? ModelCapabilities { get; init; }
    public IReadOnlyList<string>? ApiCapabilities { get; init; }
    public JsonElement? ModelConfiguration { get; init; }
    public StorageSpec? Storage { get; init; }
    public string? DisplayName { get; init; }
    public string? Version { get; init; }
    public string? Vendor { get; init; }
    public string? CompartmentID { get; init; }

    /// <summary>True: no service may use it.</summary>
    public bool? Disabled { get; init; }

    public IReadOnlyList<string>? ServingMode { get; init; }

    /// <summary>Context length in tokens.</summary>
    public int? MaxTokens { get; init; }

    public JsonElement? DiffusionPipeline { get; init; }
    public IReadOnlyDictionary<string, string>? AdditionalMetadata { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Storage?.StorageUri is not { Length: > 0 } uri)
            yield return "spec.storage.storageUri: must be set, for example file:///models/my-model.gguf";
        else if (StorageUri.Problem(uri) is { } problem)
            yield return $"spec.storage.storageUri: {problem}";
        if (MaxTokens is < 1)
            yield return $"spec.maxTokens: {MaxTokens} must be 1 or more";
        if (Storage?.DownloadPolicy is { } policy and not ("AlwaysDownload" or "ReuseIfExists"))
            yield return $"spec.storage.downloadPolicy: '{policy}' must be AlwaysDownload or ReuseIfExists";
    }
}

/// <summary>A file format or framework, with a version that runtimes are matched by.</summary>
public sealed record FormatSpec
{
    public string? Name { get; init; }
    public string? Version { get; init; }

    /// <summary><c>Equal</c>, <c>GreaterThan</c> or <c>GreaterThanOrEqual</c>.</summary>
    public string? Operator { get; init; }

    public long? Weight { get; init; }
}

public sealed record StorageSpec
{
    public string? StorageUri { get; init; }
    public string? Path { get; init; }
    public string? SchemaPath { get; init; }
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>Name of a Secret with the credentials.</summary>
    public string? Key { get; init; }

    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }
    public JsonElement? NodeAffinity { get; init; }
    public string? DownloadPolicy { get; init; }
}

/// <summary>What was last observed of the model's files.</summary>
public sealed record ModelStatus
{
    /// <summary><c>Creating</c>, <c>Importing</c>, <c>Ready</c> or <c>Failed</c>.</summary>
    public string? State { get; init; }

    /// <summary>File format by its first bytes: <c>gguf</c>.</summary>
    public string? Format { get; init; }

    public string? Architecture { get; init; }
    public string? Quantization { get; init; }

    /// <summary>Weights, counted from the tensors' shapes.</summary>
    public long? Parameters { get; init; }

    /// <summary>Context length in tokens that the files state.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Where engines on this machine find it.</summary>
    public string? Path { get; init; }

    public long? ObservedGeneration { get; init; }
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
