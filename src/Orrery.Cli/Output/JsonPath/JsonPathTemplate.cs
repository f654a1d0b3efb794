using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;

namespace Orrery.Cli.Output.JsonPath;

/// <summary>
/// A template in kubectl's JSONPath: text with <c>{.path}</c>, <c>{"quoted"}</c> and <c>{range .path}…{end}</c>. A template without braces is one path.
/// </summary>
internal sealed class JsonPathTemplate
{
    // The same as the nesting of documents: deeper templates are a mistake.
    private const int MaxDepth = 32;

    private readonly IReadOnlyList<Part> _parts;

    private JsonPathTemplate(IReadOnlyList<Part> parts) => _parts = parts;

    private abstract record Part
    {
        public sealed record Literal(string Text) : Part;

        public sealed record Value(JsonPathQuery Query) : Part;

        public sealed record Range(JsonPathQuery Query, IReadOnlyList<Part> Body) : Part;
    }

    /// <exception cref="CliException">It is no template; says where.</exception>
    public static JsonPathTemplate Parse(string text)
    {
        if (!text.Contains('{'))
            text = $"{{{(text.StartsWith('.') || text.StartsWith('[') || text.StartsWith('$') || text.StartsWith('@') ? text : "." + text)}}}";
        int at = 0;
        var parts = Parts(text, ref at, depth: 0);
        return new JsonPathTemplate(parts);
    }

    /// <summary>Values of one path are set apart by a space; objects and lists are compact JSON.</summary>
    public string Render(JsonNode root)
    {
        var text = new StringBuilder();
        Render(_parts, root, root, text);
        return text.ToString();
    }

    /// <summary>Everything that the template's paths select, without its text.</summary>
    public IEnumerable<JsonNode?> Select(JsonNode root) => _parts.OfType<Part.Value>().SelectMany(v => v.Query.Select(root, root));

    /// <summary>One value as text: strings as they are, all else as JSON.</summary>
    public static string Text(JsonNode? node)
        => node is null ? "" : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString(JsonText.Compact);

    private static void Render(IReadOnlyList<Part> parts, JsonNode root, JsonNode? current, StringBuilder text)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case Part.Literal literal:
                    text.Append(literal.Text);
                    break;
                case Part.Value value:
                    text.AppendJoin(' ', value.Query.Select(root, current).Select(Text));
                    break;
                case Part.Range range:
                    foreach (var item in range.Query.Select(root, current))
                        Render(range.Body, root, item, text);
                    break;
            }
        }
    }

    private static List<Part> Parts(string text, ref int at, int depth)
    {
        if (depth > MaxDepth)
            throw new CliException($"jsonpath: ranges nested deeper than {MaxDepth}.");
        List<Part> parts = [];
        while (at < text.Length)
        {
            int open = text.IndexOf('{', at);
            if (open < 0)
                open = text.Length;
            if (open > at)
                parts.Add(new Part.Literal(text[at..open]));
            at = open;
            if (at == text.Length)
                break;
            string inside = Inside(text, ref at).Trim();
            if (inside == "end")
                return depth > 0 ? parts : throw new CliException("jsonpath: {end} without a {range …} before it.");
            if (inside.StartsWith("range ", StringComparison.Ordinal))
                parts.Add(new Part.Range(JsonPathQuery.Parse(inside[6..].Trim()), Parts(text, ref at, depth + 1)));
            else if (inside.Length >= 2 && inside[0] is '"' or '\'' && inside[^1] == inside[0])
                parts.Add(new Part.Literal(Unescaped(inside[1..^1])));
            else
                parts.Add(new Part.Value(JsonPathQuery.Parse(inside)));
        }
        return depth == 0 ? parts : throw new CliException("jsonpath: a {range …} has no {end}.");
    }

    /// <summary>What stands between the braces; quoted braces belong to it.</summary>
    private static string Inside(string text, ref int at)
    {
        char quote = '\0';
        for (int i = at + 1; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                if (text[i] == '\\')
                    i++;
                else if (text[i] == quote)
                    quote = '\0';
            }
            else if (text[i] is '"' or '\'')
            {
                quote = text[i];
            }
            else if (text[i] == '}')
            {
                string inside = text[(at + 1)..i];
                at = i + 1;
                return inside;
            }
        }
        throw new CliException($"jsonpath: '{text[at..]}' has no closing brace.");
    }

    private static string Unescaped(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] != '\\' || i == text.Length - 1 ? text[i] : text[++i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                var other => other,
            });
        }
        return plain.ToString();
    }
}
