using System.Text.Json;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Hub;

/// <summary>The hub's answers. What is not as it should be is null, and the caller says so.</summary>
internal static class HubJson
{
    /// <summary>Of a revision.</summary>
    public static string? Commit(byte[] body)
        => Parse(body) is { ValueKind: JsonValueKind.Object } root && Text(root, "sha") is { } sha && sha.Length is >= 7 and <= 64 && sha.All(char.IsAsciiHexDigit) ? sha : null;

    /// <summary>Files of one page of a tree.</summary>
    public static IReadOnlyList<ListedFile>? Files(byte[] body)
    {
        if (Parse(body) is not { ValueKind: JsonValueKind.Array } root)
            return null;
        var files = new List<ListedFile>();
        foreach (var entry in root.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || Text(entry, "path") is not { } path)
                return null;
            if (Text(entry, "type") != "file")
                continue;
            bool isLarge = entry.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object;
            if (Bytes(isLarge ? lfs : entry) is not { } bytes)
                return null;
            var digest = isLarge
                ? ContentDigest.Find(DigestAlgorithm.Sha256, Text(lfs, "oid") ?? Text(lfs, "sha256"))
                : ContentDigest.Find(DigestAlgorithm.GitBlob, Text(entry, "oid"));
            files.Add(new ListedFile(path, bytes, digest));
        }
        return files;
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Bytes(JsonElement of)
        => of.TryGetProperty("size", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long bytes) && bytes >= 0 ? bytes : null;
}
