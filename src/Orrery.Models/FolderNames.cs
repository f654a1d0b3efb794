namespace Orrery.Models;

/// <summary>What a model is called by where it lies.</summary>
internal static class FolderNames
{
    private const string CachePrefix = "models--";
    private const int LeastDigestChars = 12;

    /// <summary>
    /// The folder's name; in Hugging Face's cache, where folders are named by commits, that of the repository; in a library of models, where
    /// each has its <c>files</c> below a digest, that of the model.
    /// </summary>
    public static string Of(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string? above = Path.GetDirectoryName(path);
        if (Path.GetFileName(above) == "snapshots" && Repository(Path.GetDirectoryName(above)) is { } cached)
            return cached;
        string name = Path.GetFileName(path);
        if (name != "files")
            return name;
        string? parent = IsDigest(Path.GetFileName(above)) ? Path.GetFileName(Path.GetDirectoryName(above)) : Path.GetFileName(above);
        return string.IsNullOrEmpty(parent) ? name : parent;
    }

    // models--ORG--NAME
    private static string? Repository(string? folder)
        => Path.GetFileName(folder) is { } name && name.StartsWith(CachePrefix, StringComparison.Ordinal) && name.LastIndexOf("--", StringComparison.Ordinal) is > 8 and var last ? name[(last + 2)..] : null;

    private static bool IsDigest(string? name) => name is { Length: >= LeastDigestChars } && name.All(char.IsAsciiHexDigitLower);
}
