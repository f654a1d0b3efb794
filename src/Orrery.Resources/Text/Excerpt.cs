using System.Text.Json.Nodes;

namespace Orrery.Resources.Text;

/// <summary>What somebody sent, not too long to repeat in a message.</summary>
public static class Excerpt
{
    private const int Most = 100;

    /// <summary>The beginning, with a sign that more follows; no letter is cut in two.</summary>
    public static string Of(string text) => Of(text, Most);

    /// <inheritdoc cref="Of(string)"/>
    /// <param name="most">Characters that are kept.</param>
    public static string Of(string text, int most)
        => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";

    /// <summary>The same of its JSON; <c>null</c> for none.</summary>
    public static string Of(JsonNode? node) => node is null ? "null" : Of(node.ToJsonString());
}
