using System.Text.Json;

namespace Orrery.Models.Json;

/// <summary>A JSON file beside the weights, read whole and bounded.</summary>
internal static class JsonFile
{
    /// <summary>The largest known is a tokenizer of 35 MB.</summary>
    public const long MaxBytes = 256L << 20;

    // Deeper than any of these files goes.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <exception cref="InvalidModelFileException">It is not there, too large, or no JSON object.</exception>
    public static JsonPart Read(string path) => TryRead(path) ?? throw new InvalidModelFileException(path, "the file", "does not exist", "Get all files of the model.");

    /// <param name="kind">Anything else at the root is refused.</param>
    /// <returns>Null when it is not there.</returns>
    public static JsonPart? TryRead(string path, JsonValueKind kind = JsonValueKind.Object)
    {
        try
        {
            var found = new FileInfo(path);
            if (!found.Exists)
                return null;
            if (found.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                found = target;
            if (found.Length > MaxBytes)
                throw new InvalidModelFileException(path, "the file", $"has {found.Length} bytes; at most {MaxBytes} are read", InvalidModelFileException.GetItAgain);
            return Parse(path, File.ReadAllBytes(path), kind);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelFileException(path, "the file", $"cannot be read ({e.Message})", "Check the path and its permissions.", e);
        }
    }

    /// <param name="kind">Anything else at the root is refused.</param>
    public static JsonPart Parse(string path, ReadOnlyMemory<byte> utf8, JsonValueKind kind = JsonValueKind.Object)
    {
        try
        {
            var document = PythonJson.Parse(utf8, Options);
            var root = new JsonPart(path, "", document.RootElement);
            return root.Kind == kind ? root : throw root.Invalid($"is {root.KindText}; {(kind == JsonValueKind.Array ? "an array" : "an object")} is needed");
        }
        catch (JsonException e)
        {
            throw new InvalidModelFileException(path, "the file", $"is no JSON ({e.Message})", InvalidModelFileException.GetItAgain, e);
        }
    }
}
