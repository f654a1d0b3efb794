using System.Globalization;
using System.Text.Json;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>Finds what <c>$ref</c> refers to: places in the same schema. Nothing is ever fetched.</summary>
internal sealed class SchemaReferences(SchemaPlace root)
{
    /// <param name="problem">Why there is none.</param>
    public SchemaPlace? Find(string reference, out string problem)
    {
        problem = "";
        var place = root;
        if (reference == "#")
            return place;
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
        {
            problem = $"refers to '{Shortened(reference)}', outside of this schema; only places in it work, such as #/$defs/name";
            return null;
        }
        foreach (string part in reference[2..].Split('/'))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (Member(place.Element, name) is not { } element)
            {
                problem = $"refers to '{Shortened(reference)}', which is not there";
                return null;
            }
            place = place.At(name, element);
        }
        return place;
    }

    private static JsonElement? Member(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.TryGetProperty(name, out var member) ? member : null,
        JsonValueKind.Array => int.TryParse(name, NumberStyles.None, null, out int index) && index < element.GetArrayLength() ? element[index] : null,
        _ => null,
    };

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
