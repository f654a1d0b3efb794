using System.Text.Json;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Registries;

/// <summary>What an artifact's manifest holds. Pure.</summary>
internal abstract record ArtifactManifest
{
    private const string Title = "org.opencontainers.image.title";

    public sealed record Files(IReadOnlyList<ListedFile> All) : ArtifactManifest;

    /// <param name="Problem">To be put behind the manifest's address.</param>
    public sealed record Unusable(string Problem) : ArtifactManifest;

    public static ArtifactManifest Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("manifests", out _))
                return new Unusable("is an index of several manifests: name one of them by its digest");
            if (root.ValueKind != JsonValueKind.Object || !(root.TryGetProperty("layers", out var layers) || root.TryGetProperty("blobs", out layers)) || layers.ValueKind != JsonValueKind.Array)
                return new Unusable("is no manifest with layers");
            if (layers.GetArrayLength() > Listing.MaxFiles)
                return new Unusable($"has more than {Listing.MaxFiles} layers");
            var files = new List<ListedFile>();
            foreach (var layer in layers.EnumerateArray())
            {
                if (FileOf(layer) is { } file)
                    files.Add(file);
            }
            return files.Count > 0
                ? new Files(files)
                : new Unusable($"has no layer with a title ({Title}), so it holds no files by name; push them with `oras push`");
        }
        catch (JsonException)
        {
            return new Unusable("is no JSON");
        }
    }

    private static ListedFile? FileOf(JsonElement layer)
    {
        bool isNamed = layer.ValueKind == JsonValueKind.Object
            && layer.TryGetProperty("annotations", out var notes) && notes.ValueKind == JsonValueKind.Object
            && notes.TryGetProperty(Title, out var title) && title.ValueKind == JsonValueKind.String;
        if (!isNamed || !layer.TryGetProperty("digest", out var named) || named.ValueKind != JsonValueKind.String
            || !layer.TryGetProperty("size", out var size) || size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out long bytes) || bytes < 0)
            return null;
        string digest = named.GetString()!;
        return digest.StartsWith("sha256:", StringComparison.Ordinal) && ContentDigest.Find(DigestAlgorithm.Sha256, digest[7..]) is { } known
            ? new ListedFile(layer.GetProperty("annotations").GetProperty(Title).GetString()!, bytes, known, Key: digest)
            : null;
    }
}
