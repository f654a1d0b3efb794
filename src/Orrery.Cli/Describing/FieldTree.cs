using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Describing;

/// <summary>JSON as an indented tree for people: names as they are in manifests, long lists and texts cut with a word on what is missing. Pure.</summary>
internal static class FieldTree
{
    private const int MaxItems = 20;
    private const int MaxText = 400;
    private const int MaxInlineText = 60;

    /// <param name="indent">Spaces before each line.</param>
    public static string Of(JsonNode? node, int indent)
    {
        var text = new StringBuilder();
        Write(text, node, indent, first: null);
        return text.ToString();
    }

    /// <param name="first">Of an item of a list: what stands in place of the first line's indentation.</param>
    private static void Write(StringBuilder text, JsonNode? node, int indent, string? first)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } json:
                foreach (var (name, value) in json)
                {
                    text.Append(first ?? new string(' ', indent)).Append(name).Append(':');
                    first = null;
                    WriteValue(text, value, indent);
                }
                break;
            case JsonArray { Count: > 0 } array:
                foreach (var item in array.Take(MaxItems))
                {
                    Write(text, item, indent + 2, (first ?? new string(' ', indent)) + "- ");
                    first = null;
                }
                if (array.Count > MaxItems)
                    text.Append(' ', indent).Append($"… and {array.Count - MaxItems} more\n");
                break;
            default:
                text.Append(first ?? new string(' ', indent)).Append(Scalar(node, indent)).Append('\n');
                break;
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        if (value is JsonArray array && Inline(array) is { } line)
            text.Append(' ').Append(line).Append('\n');
        else if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            Write(text.Append('\n'), value, indent + 2, first: null);
        else
            text.Append(' ').Append(Scalar(value, indent + 2)).Append('\n');
    }

    private static string? Inline(JsonArray array)
    {
        if (array.Count == 0 || array.Count > MaxItems || array.Any(i => i is JsonObject or JsonArray))
            return null;
        string line = string.Join(", ", array.Select(i => Scalar(i, 0)));
        return line.Length <= MaxInlineText && !line.Contains('\n') ? line : null;
    }

    private static string Scalar(JsonNode? node, int indent)
    {
        string value = node switch
        {
            null => "null",
            JsonObject => "{}",
            JsonArray => "[]",
            _ when node.GetValueKind() == JsonValueKind.String => node.GetValue<string>(),
            _ => node.ToJsonString(),
        };
        string cut = value.Length <= MaxText ? value : $"{value[..MaxText]}… ({value.Length} characters)";
        return cut.Length == 0 ? "\"\"" : cut.TrimEnd('\n').ReplaceLineEndings("\n" + new string(' ', indent));
    }
}
