using System.Text;

namespace Orrery.Models;

/// <summary>Files beside the weights, read bounded. What has no length (a pipe, a device) counts as empty: opening one could wait forever, and reading never end.</summary>
internal static class SmallFiles
{
    /// <summary>Its beginning. Null: it is not there.</summary>
    /// <exception cref="InvalidModelFileException">It is there and cannot be read.</exception>
    public static string? TextOf(string path, int mostBytes) => Read(path, length => Math.Min(length, mostBytes)) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    /// <summary>The whole. Null: it is not there.</summary>
    /// <exception cref="InvalidModelFileException">It is there and cannot be read, or larger.</exception>
    public static ReadOnlyMemory<byte>? BytesOf(string path, int mostBytes)
        => Read(path, length => length <= mostBytes ? length : throw new InvalidModelFileException(path, "the file", $"has {length} bytes; at most {mostBytes} are read", InvalidModelFileException.GetItAgain));

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

    /// <param name="wanted">From its length to how much of it is read.</param>
    private static ReadOnlyMemory<byte>? Read(string path, Func<long, long> wanted)
    {
        try
        {
            var found = new FileInfo(path);
            if (!found.Exists)
                return null;
            if (found.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                found = target;
            byte[] bytes = new byte[wanted(found.Length)];
            if (bytes.Length == 0)
                return bytes;
            using var file = File.OpenRead(path);
            return bytes.AsMemory(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private static InvalidModelFileException Unreadable(string path, Exception e) => new(path, "the file", $"cannot be read ({e.Message})", "Check the path and its permissions.", e);
}
