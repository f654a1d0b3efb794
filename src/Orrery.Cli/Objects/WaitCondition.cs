using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output.JsonPath;

namespace Orrery.Cli.Objects;

/// <summary>What <c>--for</c> takes. Pure.</summary>
/// <param name="Met">Said of an object for which it holds.</param>
internal sealed record WaitCondition(string Met, bool NeedsObject, Func<JsonObject?, bool> Holds)
{
    /// <exception cref="CliException">It is none.</exception>
    public static WaitCondition Parse(string text)
    {
        if (text == "delete")
            return new("deleted", NeedsObject: false, o => o is null);
        if (text == "create")
            return new("created", NeedsObject: false, o => o is not null);
        if (text.StartsWith("condition=", StringComparison.Ordinal) && text["condition=".Length..].Split('=', 2) is [{ Length: > 0 } type, ..] parts)
            return new("condition met", NeedsObject: true, o => HasCondition(o, type, parts.Length == 2 ? parts[1] : "True"));
        if (text.StartsWith("jsonpath=", StringComparison.Ordinal))
            return OfPath(text["jsonpath=".Length..]);
        throw new CliException($"--for: '{text}' must be condition=TYPE, condition=TYPE=STATUS, delete, create, jsonpath='{{.path}}' or jsonpath='{{.path}}'=VALUE");
    }

    private static WaitCondition OfPath(string text)
    {
        // The equals sign of a filter stands inside the braces.
        int end = text.StartsWith('{') ? text.IndexOf('}') + 1 : text.IndexOf('=');
        string path = end > 0 ? text[..end] : text;
        string? value = end > 0 && end < text.Length && text[end] == '=' ? text[(end + 1)..] : null;
        var template = JsonPathTemplate.Parse(path);
        return new("condition met", NeedsObject: true, o =>
        {
            var found = o is null ? [] : template.Select(o).ToList();
            return value is null ? found.Count > 0 : found is [var only] && JsonPathTemplate.Text(only) == value;
        });
    }

    // A condition that is older than the spec says nothing of it.
    private static bool HasCondition(JsonObject? json, string type, string status)
    {
        if ((json?["status"]?["conditions"] as JsonArray)?.FirstOrDefault(c => Same(c?["type"]?.ToString(), type)) is not JsonObject condition)
            return false;
        long? generation = (long?)json!["metadata"]?["generation"];
        long? observed = (long?)condition["observedGeneration"] ?? (long?)json["status"]!["observedGeneration"];
        return Same(condition["status"]?.ToString(), status) && !(observed < generation);
    }

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
