using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Output;

/// <summary>JSON as it is printed: letters of all scripts as they are.</summary>
internal static class JsonText
{
    public static JsonSerializerOptions Compact { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonSerializerOptions Indented { get; } = new(Compact) { WriteIndented = true };

    public static string Lines(JsonNode json) => json.ToJsonString(Indented) + "\n";
}
