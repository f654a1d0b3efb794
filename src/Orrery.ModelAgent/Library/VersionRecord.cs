using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Library;

/// <summary>One version of a model's files as they lie here, written beside them.</summary>
internal sealed record VersionRecord
{
    /// <summary>Whose it is: <c>clusterbasemodels/NAME</c>, <c>basemodels/NAMESPACE/NAME</c> or <c>finetunedweights/NAMESPACE/NAME</c>.</summary>
    public required string Owner { get; init; }

    /// <inheritdoc cref="VersionKey"/>
    public required string Key { get; init; }

    /// <summary>Where the files came from.</summary>
    public required string Uri { get; init; }

    /// <summary>What the spec calls it; null: nothing.</summary>
    public string? Version { get; init; }

    /// <summary>In the origin's words.</summary>
    public string? Revision { get; init; }

    /// <summary>What engines open, below the files; empty: their folder.</summary>
    public required string Entry { get; init; }

    public required IReadOnlyList<RecordedFile> Files { get; init; }

    public required DateTimeOffset Arrived { get; init; }

    /// <summary>When a service was last seen to use it.</summary>
    public required DateTimeOffset LastUsed { get; init; }

    /// <summary>When the bytes were last held against their digests.</summary>
    public required DateTimeOffset Verified { get; init; }

    /// <summary>When the origin was last asked whether it has others now.</summary>
    public required DateTimeOffset Refreshed { get; init; }

    /// <summary>When the files were removed to make room; null: they are here.</summary>
    public DateTimeOffset? Evicted { get; init; }

    [JsonIgnore]
    public long Bytes => Files.Sum(f => f.Bytes);

    /// <summary>Over names and contents, whatever their order: <c>sha256:…</c>.</summary>
    [JsonIgnore]
    public string Digest
        => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Concat(Files.OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => $"{f.Sha256} {f.Bytes} {f.Path}\n")))));

    /// <summary>Whether the origin still announces what is here. Files without any mark are taken for changed.</summary>
    public bool IsOf(IReadOnlyList<ListedFile> listed, string? revision)
        => (revision is not null && revision == Revision)
           || (listed.Count == Files.Count && listed.All(l => Files.Any(f => f.Path == l.Path && f.Bytes == l.Bytes && f.Mark is { } mark && mark == MarkOf(l))));

    /// <summary>What the origin tells a file's state by; null: nothing.</summary>
    public static string? MarkOf(ListedFile file) => file.Digest?.ToString() ?? file.ETag;
}

/// <param name="Mark">What the origin told the file's state by: a digest or a tag.</param>
internal sealed record RecordedFile(string Path, long Bytes, string Sha256, string? Mark);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(VersionRecord))]
internal sealed partial class LibraryJson : JsonSerializerContext;
