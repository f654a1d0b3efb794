using System.Text.Json.Nodes;

namespace Orrery.Cli.Client;

/// <summary>A Kubernetes <c>Status</c> as one line for people: the server's sentence, causes that it leaves out, and what to do next.</summary>
internal static class StatusText
{
    /// <param name="status">The answer's body; null when it was no JSON.</param>
    public static string Of(int code, string? phrase, JsonObject? status)
    {
        if (status?["message"]?.ToString() is not { Length: > 0 } message)
        {
            return code == 404
                ? "The server has nothing at this address: the kind may be gone since it was last asked for. See: orrery api-resources"
                : $"The server answered {code} {phrase}.";
        }
        var causes = (status["details"]?["causes"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (causes.Any(c => Text(c["reason"]) == "FieldManagerConflict"))
            return Conflicts(causes);
        string untold = string.Join("; ", causes.Where(c => !message.Contains(Text(c["message"]), StringComparison.Ordinal)).Select(Line));
        string whole = untold.Length > 0 ? $"{message.TrimEnd('.')}: {untold}" : message;
        return Next(code, Text(status["reason"])) is { } next ? $"{whole.TrimEnd('.')}. {next}" : whole;
    }

    /// <summary>Each manager with its fields: <c>Apply failed with 1 conflict: conflict with "kubectl": .spec.x</c> comes as one cause per manager and field.</summary>
    private static string Conflicts(List<JsonObject> causes)
    {
        var managers = causes.Where(c => Text(c["reason"]) == "FieldManagerConflict")
            .GroupBy(c => Text(c["message"]).Replace("conflict with ", "", StringComparison.Ordinal))
            .Select(m => $"{m.Key}: {string.Join(", ", m.Select(c => Text(c["field"])).Distinct())}");
        return $"other managers own fields that the manifest sets: {string.Join("; ", managers)}. Take them over with --force-conflicts, or leave them out of the manifest.";
    }

    private static string? Next(int code, string reason) => (code, reason) switch
    {
        (401, _) => "Check the credentials of the context: orrery config current-context",
        (409, "Conflict") => "It was changed meanwhile: try again.",
        (_, "AlreadyExists") => "To change it use: orrery apply",
        (429, _) => "The server is busy: try again in a while.",
        _ => null,
    };

    private static string Line(JsonObject cause) => Text(cause["field"]) is { Length: > 0 } field ? $"{field}: {Text(cause["message"])}" : Text(cause["message"]);

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
