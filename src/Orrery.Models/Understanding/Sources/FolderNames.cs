namespace Orrery.Models.Understanding.Sources;

/// <summary>What a model is called by where it lies.</summary>
internal static class FolderNames
{
    private const string CachePrefix = "models--";

    /// <summary>The folder's name; in Hugging Face's cache, where folders are named by commits, that of the repository.</summary>
    public static string Of(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Path.GetFileName(Path.GetDirectoryName(path)) == "snapshots" && Repository(Path.GetDirectoryName(Path.GetDirectoryName(path))) is { } cached ? cached : Path.GetFileName(path);
    }

    // models--ORG--NAME
    private static string? Repository(string? folder)
        => Path.GetFileName(folder) is { } name && name.StartsWith(CachePrefix, StringComparison.Ordinal) && name.LastIndexOf("--", StringComparison.Ordinal) is > 8 and var last ? name[(last + 2)..] : null;
}
