using System.Text;

namespace Orrery.Models.Understanding.Sources;

/// <summary>Files beside the weights, read bounded.</summary>
internal static class SmallFiles
{
    /// <summary>Its beginning. Null: it is not there.</summary>
    /// <exception cref="InvalidModelFileException">It is there and cannot be read.</exception>
    public static string? TextOf(string path, int mostBytes)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            using var file = File.OpenRead(path);
            byte[] bytes = new byte[Math.Min(mostBytes, file.Length)];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>The whole. Null: it is not there.</summary>
    /// <exception cref="InvalidModelFileException">It is there and cannot be read, or larger.</exception>
    public static ReadOnlyMemory<byte>? BytesOf(string path, long mostBytes)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            byte[] bytes = File.ReadAllBytes(path);
            return bytes.LongLength <= mostBytes ? bytes : throw new InvalidModelFileException(path, "the file", $"has {bytes.LongLength} bytes; at most {mostBytes} are read", InvalidModelFileException.GetItAgain);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <exception cref="InvalidModelFileException">The folder cannot be read.</exception>
    public static string[] In(string folder, string pattern)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, e);
        }
    }

    private static InvalidModelFileException Unreadable(string path, Exception e) => new(path, "the file", $"cannot be read ({e.Message})", "Check its permissions.", e);
}
