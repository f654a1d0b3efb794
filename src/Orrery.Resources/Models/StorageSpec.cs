using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Models;

/// <summary>Where files are, or where they go.</summary>
public sealed record StorageSpec
{
    /// <summary>Address, as in <c>file:///models/my-model.gguf</c> or <c>hf://org/name</c>.</summary>
    [Required(", for example file:///models/my-model.gguf"), Pattern(Models.StorageUri.Expression, Models.StorageUri.Meaning)]
    public string? StorageUri { get; init; }

    /// <summary>Path on the node that gets the files.</summary>
    public string? Path { get; init; }

    /// <summary>Path of the description of structured data.</summary>
    public string? SchemaPath { get; init; }

    /// <summary>What the source needs besides: region, authentication and so on.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>Name of a Secret with the credentials.</summary>
    public string? Key { get; init; }

    /// <summary>Labels of the nodes that get the files. Unset: all.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Which nodes get the files, said in full.</summary>
    [RawObject]
    public JsonElement? NodeAffinity { get; init; }

    /// <summary>Whether files that are there already are fetched again.</summary>
    [OneOf("AlwaysDownload", "ReuseIfExists")]
    public string? DownloadPolicy { get; init; }

    /// <summary>What the address's own rules forbid beyond its pattern.</summary>
    internal IEnumerable<string> Problems(string path)
    {
        if (StorageUri is { Length: > 0 } uri && Models.StorageUri.Problem(uri) is { } problem)
            yield return $"{path}.storageUri: {problem}";
    }
}
