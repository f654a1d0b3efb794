using System.Text;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Anthropic;

/// <summary>Content as Anthropic writes it: a string, or an array of blocks of which each has a <c>type</c>.</summary>
internal static class MessageContent
{
    /// <summary>The text of <c>system</c>, whose blocks are texts; empty: there is none.</summary>
    public static string SystemText(FieldReader fields) => fields.Any("system") is { } system ? TextOf(fields, system, "system") : "";

    /// <summary>Texts, each on a line of its own; anything else is refused.</summary>
    public static string TextOf(FieldReader fields, JsonElement content, string path)
    {
        var text = new StringBuilder();
        foreach (var (block, at) in Blocks(fields, content, path))
        {
            if (block.Text("type") == "text")
                text.Append(text.Length > 0 ? "\n" : "").Append(block.Text("text"));
            else
                fields.Refuse(at, $"'{at}' must be a text: {{\"type\":\"text\",\"text\":…}}.");
        }
        return text.ToString();
    }

    /// <summary>The blocks with where they stand. A string is one text.</summary>
    public static IEnumerable<(FieldReader Block, string At)> Blocks(FieldReader fields, JsonElement content, string path)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            yield return (fields.Inside(path, TextBlock(content)), path);
            yield break;
        }
        if (content.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse(path, $"'{path}' must be a string or an array of blocks.");
            yield break;
        }
        foreach (var (index, block) in content.EnumerateArray().Index())
        {
            string at = $"{path}[{index}]";
            if (block.ValueKind == JsonValueKind.Object)
                yield return (fields.Inside(at, block), at);
            else
                fields.Refuse(at, $"'{at}' must be an object with a type.");
        }
    }

    private static JsonElement TextBlock(JsonElement text)
    {
        using var block = JsonDocument.Parse($$"""{"type":"text","text":{{text.GetRawText()}}}""");
        return block.RootElement.Clone();
    }
}
