using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Editing;

/// <summary>The text that is edited: comment lines that say what to do or what was wrong, then the object. Pure.</summary>
internal static class EditedText
{
    private const string Mark = "# ";

    /// <param name="problem">What was wrong with the last attempt; null: this is the first.</param>
    /// <param name="body">YAML as it was left.</param>
    public static string With(string? problem, string title, string body)
    {
        string[] lines = problem is null
            ? [$"{title}. Save and leave the editor to change it; leave the text as it is, or empty, to change nothing.", "Lines that begin with # at the top are left out."]
            : [$"{title} was not changed: {problem}", "Correct it, save and leave the editor; or leave the text as it is to give up. Nothing of it is lost."];
        return string.Concat(lines.SelectMany(l => l.Split('\n')).Select(l => Mark + l + "\n")) + body;
    }

    /// <summary>Without the comment lines at the top.</summary>
    public static string Body(string text) => string.Join('\n', text.Split('\n').SkipWhile(l => l.StartsWith('#')));

    /// <summary>What to send, or what is wrong with the text. An empty patch: nothing was changed.</summary>
    public static (JsonObject? Patch, string? Problem) Patch(JsonObject before, string body)
    {
        IReadOnlyList<JsonObject> documents;
        try
        {
            documents = Yaml.ParseAll(body);
        }
        catch (InvalidDocumentException e)
        {
            return (null, e.Message);
        }
        if (documents is not [var after])
            return documents.Count == 0 ? ([], null) : (null, "the text must be one document");
        foreach (string path in (string[])["apiVersion", "kind", "metadata.name", "metadata.namespace"])
        {
            string old = At(before, path), now = At(after, path);
            if (old != now)
                return (null, $"{path}: '{now}' must stay '{old}': another one is another object");
        }
        return (MergePatch.Between(before, after), null);
    }

    private static string At(JsonObject json, string path)
        => path.Split('.').Aggregate((JsonNode?)json, (node, name) => (node as JsonObject)?[name])?.ToString() ?? "";
}
