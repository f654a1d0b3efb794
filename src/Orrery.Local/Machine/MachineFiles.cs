namespace Orrery.Local.Machine;

/// <summary>Small files under <c>/proc</c> and <c>/sys</c>, or under a folder that stands for the root. What cannot be read is as if absent.</summary>
internal sealed class MachineFiles(string root = "/")
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Null: not there, or not for us.</summary>
    public string? Read(string path)
    {
        try
        {
            using var file = new FileStream(Path.Combine(root, path), FileMode.Open, FileAccess.Read);
            byte[] buffer = new byte[64 * 1024];
            using var text = new MemoryStream();
            for (int read; text.Length < MaxBytes && (read = file.Read(buffer)) > 0;)
                text.Write(buffer, 0, read);
            return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What is in a folder, as paths that <see cref="Read"/> takes, in the order of their names.</summary>
    public IReadOnlyList<string> In(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(root, path)).Select(e => Path.Combine(path, Path.GetFileName(e))).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
