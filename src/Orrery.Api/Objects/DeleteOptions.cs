using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>The optional body of a delete: Kubernetes' <c>DeleteOptions</c>, as far as this store can do it.</summary>
internal static class DeleteOptions
{
    /// <summary>Whether the body asks for a dry run, as the query can.</summary>
    public static (bool DryRun, Refusal? Refusal) DryRun(JsonObject json) => json["dryRun"] switch
    {
        null or JsonArray { Count: 0 } => (false, null),
        JsonArray list when list.All(v => Text(v) == "All") => (true, null),
        JsonArray list when list.Select(Text).FirstOrDefault(v => v is not (null or "All")) is { } other => (false, Refusal.InvalidOptions("DeleteOptions", [WriteQuery.DryRunProblem(other)])),
        _ => (false, Refusal.BadRequest("dryRun: must be a list of text")),
    };

    public static (Preconditions? Preconditions, Refusal? Refusal) Parse(JsonObject json)
    {
        if (json["kind"] is { } kind && Text(kind) != "DeleteOptions")
            return (null, Refusal.BadRequest("kind: the body of a delete must be a DeleteOptions"));
        // Owned objects always go with their owner here.
        if (Text(json["propagationPolicy"]) == "Orphan" || (json["orphanDependents"] is { } orphan && orphan.GetValueKind() == JsonValueKind.True))
            return (null, Refusal.BadRequest("propagationPolicy: Orphan is not supported; use Background or Foreground"));
        if (json["preconditions"] is null)
            return (Preconditions.None, null);
        if (json["preconditions"] is not JsonObject asked || !IsText(asked["uid"]) || !IsText(asked["resourceVersion"]))
            return (null, Refusal.BadRequest("preconditions: must be an object with uid or resourceVersion as text"));
        return (new Preconditions(Text(asked["uid"]), Text(asked["resourceVersion"])), null);
    }

    private static bool IsText(JsonNode? node) => node is null || node.GetValueKind() == JsonValueKind.String;

    private static string? Text(JsonNode? node) => node is not null && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
