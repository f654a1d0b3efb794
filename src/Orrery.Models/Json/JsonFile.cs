using System.Text.Json;

namespace Orrery.Models.Json;

/// <summary>A JSON file beside the weights, read whole and bounded.</summary>
internal static class JsonFile
{
    /// <summary>The largest known is a tokenizer of 35 MB.</summary>
    private const int MaxBytes = 256 << 20;

    // Deeper than any of these files goes.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <exception cref="InvalidModelFileException">It is not there, too large, or no JSON object.</exception>
    public static JsonPart Read(string path) => TryRead(path) ?? throw new InvalidModelFileException(path, "the file", "does not exist", "Get all files of the model.");

    /// <param name="kind">Anything else at the root is refused.</param>
    /// <returns>Null when it is not there.</returns>
    public static JsonPart? TryRead(string path, JsonValueKind kind = JsonValueKind.Object)
        => SmallFiles.BytesOf(path, MaxBytes) is { } utf8 ? Parse(path, utf8, kind) : null;

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
