using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orrery.Resources.Text;

/// <summary>
/// YAML manifests to JSON and back. YAML 1.2's core types as Kubernetes reads them: plain <c>true</c>, <c>null</c> and numbers are
/// typed, quoted ones are text. Anchors are refused: an alias bomb expands without bound.
/// </summary>
public static class Yaml
{
    /// <summary>Every document of a manifest, empty ones left out.</summary>
    /// <exception cref="InvalidDocumentException">Not YAML; the message gives line and column.</exception>
    public static IReadOnlyList<JsonObject> ParseAll(string text)
    {
        var stream = new YamlStream();
        try
        {
            RequireShallow(text);
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new InvalidDocumentException($"line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            // So the parser ends on some texts whose brackets are not closed.
            throw new InvalidDocumentException("not YAML: a bracket, brace or quote is not closed");
        }

        var documents = new List<JsonObject>();
        foreach (var document in stream.Documents)
        {
            switch (ToJson(document.RootNode, 0))
            {
                case JsonObject json:
                    documents.Add(json);
                    break;
                case null:
                    break;
                default:
                    throw new InvalidDocumentException($"line {document.RootNode.Start.Line}: a document must be a mapping: lines of NAME: VALUE");
            }
        }
        return documents;
    }

    // Building the tree recurses once per level, and a spent stack ends the process: so the depth is counted first, over flat events.
    private static void RequireShallow(string text)
    {
        var parser = new Parser(new StringReader(text));
        int depth = -2;                                                      // the stream and the document count too
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Document.MaxDepth)
                throw new InvalidDocumentException($"line {parser.Current.Start.Line}: nested deeper than {Document.MaxDepth}");
        }
    }

    private static JsonNode? ToJson(YamlNode node, int depth)
    {
        if (depth > Document.MaxDepth)
            throw new InvalidDocumentException($"line {node.Start.Line}: nested deeper than {Document.MaxDepth}");
        if (!node.Anchor.IsEmpty)
            throw new InvalidDocumentException($"line {node.Start.Line}: anchors and aliases are not supported; write the value out");
        switch (node)
        {
            case YamlMappingNode mapping:
                var json = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                        throw new InvalidDocumentException($"line {key.Start.Line}: a key must be text");
                    json[name] = ToJson(value, depth + 1);
                }
                return json;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(c => ToJson(c, depth + 1))]);
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                throw new InvalidDocumentException($"line {node.Start.Line}: unsupported YAML");
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) => JsonValue.Create(integer),
            _ when char.IsAsciiDigit(text[^1]) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    /// <summary>Block style, two spaces, fields in document order. Text that would read back as another type is quoted.</summary>
    public static string Write(JsonNode? node)
    {
        var stream = new YamlStream(new YamlDocument(ToYaml(node)));
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        stream.Save(new Emitter(writer, new EmitterSettings().WithNewLine("\n")), assignAnchors: false);
        string text = writer.ToString();
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static YamlNode ToYaml(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                var mapping = new YamlMappingNode();
                foreach (var (name, value) in json)
                    mapping.Add(Text(name), ToYaml(value));
                return mapping;
            case JsonArray array:
                return new YamlSequenceNode(array.Select(ToYaml));
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return Text(value.GetValue<string>());
            case JsonValue value:
                return new YamlScalarNode(value.ToJsonString());
            default:
                return new YamlScalarNode("null");
        }
    }

    private static YamlScalarNode Text(string text)
    {
        var plain = new YamlScalarNode(text) { Style = ScalarStyle.Plain };
        bool readsBackAsText = Scalar(plain) is { } value && value.GetValueKind() == JsonValueKind.String && !LooksLikeYaml11(text);
        return new YamlScalarNode(text)
        {
            Style = !readsBackAsText || NeedsEscapes(text) ? ScalarStyle.DoubleQuoted : text.Contains('\n') ? ScalarStyle.Literal : ScalarStyle.Any,
        };
    }

    // Only double quotes keep control characters and spaces at the borders of lines.
    private static bool NeedsEscapes(string text)
        => text.Any(c => char.IsControl(c) && c != '\n' || c is '\u2028' or '\u2029' or '\ufeff' || char.IsSurrogate(c) && !IsPaired(text))
           || text.Contains(" \n", StringComparison.Ordinal) || text.Contains("\n ", StringComparison.Ordinal)
           || text.Length > 0 && (text[0] is ' ' or '\n' || text[^1] == ' ')
           || text.EndsWith("\n\n", StringComparison.Ordinal);

    private static bool IsPaired(string text) => !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);

    // Older readers, kubectl among them, take these for booleans and for times.
    private static bool LooksLikeYaml11(string text)
        => text is "y" or "Y" or "yes" or "Yes" or "YES" or "n" or "N" or "no" or "No" or "NO" or "on" or "On" or "ON" or "off" or "Off" or "OFF"
           || (text.Length >= 10 && text[4] == '-' && char.IsAsciiDigit(text[0]) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _));
}
