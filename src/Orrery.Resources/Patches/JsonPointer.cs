using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Resources.Patches;

/// <summary>RFC 6901: <c>/spec/ports/0</c>, with <c>~1</c> for a slash and <c>~0</c> for a tilde.</summary>
internal sealed record JsonPointer(IReadOnlyList<string> Steps)
{
    /// <returns>Null: not a pointer.</returns>
    public static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
            return new JsonPointer([]);
        if (text[0] != '/')
            return null;
        return new JsonPointer([.. text[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]);
    }

    public JsonPointer? Parent => Steps.Count == 0 ? null : new JsonPointer([.. Steps.SkipLast(1)]);

    public string Last => Steps[^1];

    /// <summary>Whether the other is this or below it.</summary>
    public bool Holds(JsonPointer other) => other.Steps.Count >= Steps.Count && Steps.SequenceEqual(other.Steps.Take(Steps.Count));

    public (bool Found, JsonNode? Value) Find(JsonNode? root)
    {
        var at = root;
        foreach (string step in Steps)
        {
            switch (at)
            {
                case JsonObject json when json.TryGetPropertyValue(step, out var child):
                    at = child;
                    break;
                case JsonArray array when Index(step, array.Count - 1) is { } index:
                    at = array[index];
                    break;
                default:
                    return (false, null);
            }
        }
        return (true, at);
    }

    /// <summary>Digits without leading zeros, or from the end when negative as kube-apiserver's library takes it; at most <paramref name="max"/>.</summary>
    public static int? Index(string step, int max)
    {
        if (step.Length is 0 or > 9 || (step[0] == '0' && step.Length > 1) || !int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index) || step[0] == '+')
            return null;
        if (index < 0)
            index += max + 1;
        return index >= 0 && index <= max ? index : null;
    }

    public override string ToString() => string.Concat(Steps.Select(s => "/" + s.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}
