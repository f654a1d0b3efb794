using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Local.Machine;

/// <summary>What a vendor's tool printed, as JSON.</summary>
internal static class ToolJson
{
    // Reading a field of an object that has it twice would throw.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <returns>Null: it is no JSON.</returns>
    public static JsonNode? Parse(string output)
    {
        try
        {
            // Of a card that sleeps AMD's tools warn first, in lines of text.
            string json = string.Join('\n', output.Split('\n').SkipWhile(line => line is not ['{' or '[', ..]));
            return json.Length == 0 ? null : JsonNode.Parse(json, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
