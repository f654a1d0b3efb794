using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Resources;

/// <summary>Reading JSON that strangers send: strict, bounded in depth, with problems that name the field.</summary>
public static class JsonText
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Document.MaxDepth, AllowDuplicateProperties = false };

    /// <exception cref="InvalidDocumentException">Not one JSON object in valid UTF-8, too deep, or a name stands twice in an object.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8)
        => Parse(utf8) as JsonObject ?? throw new InvalidDocumentException("the body must be a JSON object");

    /// <exception cref="InvalidDocumentException">Not one JSON array; otherwise as <see cref="ParseObject"/>.</exception>
    public static JsonArray ParseArray(ReadOnlySpan<byte> utf8)
        => Parse(utf8) as JsonArray ?? throw new InvalidDocumentException("the body must be a JSON array");

    private static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            throw new InvalidDocumentException("the body is not valid UTF-8");
        try
        {
            RequireWholeText(utf8);
            return JsonNode.Parse(utf8, documentOptions: Strict);
        }
        catch (JsonException e)
        {
            throw new InvalidDocumentException($"the body is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new InvalidDocumentException($"the body is not valid JSON: {e.Message}");
        }
    }

    /// <summary>Whether a tree that was put together here is deeper than one that could be read. A list of what is left instead of recursion: it may be very deep.</summary>
    internal static bool IsTooDeep(JsonNode root)
    {
        var left = new Stack<(JsonNode Node, int Depth)>([(root, 1)]);
        while (left.TryPop(out var at))
        {
            if (at.Depth > Document.MaxDepth)
                return true;
            var inside = at.Node switch
            {
                JsonObject json => json.Select(f => f.Value),
                JsonArray list => list,
                _ => [],
            };
            foreach (var node in inside)
            {
                if (node is JsonObject or JsonArray)
                    left.Push((node, at.Depth + 1));
            }
        }
        return false;
    }

    // An escape such as \ud800 alone is valid JSON and no text: found now, since reading it anywhere later would throw.
    private static void RequireWholeText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOf("\\u"u8) < 0)
            return;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Document.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                reader.GetString();
        }
    }

    /// <summary>The one line that says which field holds what it must not: <c>spec.engine.minReplicas: …</c>.</summary>
    /// <param name="under">Path of the part that was read, when it was not the whole document.</param>
    internal static string Problem(JsonException e, string under = "")
    {
        string path = (e.Path ?? "$").TrimStart('$').TrimStart('.');
        string field = string.Join('.', new[] { under, path }.Where(p => p.Length > 0));
        int end = e.Message.IndexOf(" Path:", StringComparison.Ordinal);
        string what = end < 0 ? e.Message : e.Message[..end];
        return $"{(field.Length == 0 ? "(root)" : field)}: {what}";
    }
}
