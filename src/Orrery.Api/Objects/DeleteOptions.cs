using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Store;
using Orrery.Resources.Text;

namespace Orrery.Api.Objects;

/// <summary>
/// Kubernetes' <c>DeleteOptions</c>, in a delete's body or, without one, in its query. <c>gracePeriodSeconds</c> is read and has no effect:
/// objects here have no end that takes time but what finalizers hold.
/// </summary>
internal sealed record DeleteOptions(Preconditions Preconditions, Propagation? Policy, bool DryRun)
{
    public static (DeleteOptions? Options, Refusal? Refusal) Of(HttpRequest request, ObjectBody body) => body switch
    {
        ObjectBody.Read read => Parse(read.Json),
        ObjectBody.Refused refused => (null, refused.Why),
        _ => Parse(OfQuery(request)),
    };

    /// <summary>Whether the body asks for a dry run, as the query can.</summary>
    private static (bool DryRun, Refusal? Refusal) DryRunOf(JsonObject json) => json["dryRun"] switch
    {
        null or JsonArray { Count: 0 } => (false, null),
        JsonArray list when list.All(v => Text(v) == "All") => (true, null),
        JsonArray list when list.Select(Text).FirstOrDefault(v => v is not (null or "All")) is { } other => (false, Refusal.InvalidOptions("DeleteOptions", [WriteQuery.DryRunProblem(other)])),
        _ => (false, Refusal.BadRequest("dryRun: must be a list of text")),
    };

    public static (DeleteOptions? Options, Refusal? Refusal) Parse(JsonObject json)
    {
        if (json["kind"] is { } kind && Text(kind) != "DeleteOptions")
            return (null, Refusal.BadRequest("kind: the body of a delete must be a DeleteOptions"));
        if (json["gracePeriodSeconds"] is { } grace && !(grace is JsonValue number && number.TryGetValue(out long seconds) && seconds >= 0))
            return (null, Refusal.BadRequest("gracePeriodSeconds: must be a whole number of seconds, 0 or more"));
        var (dryRun, refusal) = DryRunOf(json);
        Propagation? propagation = null;
        if (refusal is null)
            (propagation, refusal) = PropagationOf(json);
        if (refusal is not null)
            return (null, refusal);
        if (json["preconditions"] is null)
            return (new DeleteOptions(Preconditions.None, propagation, dryRun), null);
        if (json["preconditions"] is not JsonObject asked || !IsText(asked["uid"]) || !IsText(asked["resourceVersion"]))
            return (null, Refusal.BadRequest("preconditions: must be an object with uid or resourceVersion as text"));
        return (new DeleteOptions(new Preconditions(Text(asked["uid"]), Text(asked["resourceVersion"])), propagation, dryRun), null);
    }

    private static (Propagation?, Refusal?) PropagationOf(JsonObject json)
    {
        var (policy, orphan) = (json["propagationPolicy"], json["orphanDependents"]);
        if (policy is not null && orphan is not null)
            return (null, Invalid("propagationPolicy: orphanDependents and propagationPolicy cannot both be set"));
        if (orphan is not null)
        {
            return orphan.GetValueKind() switch
            {
                JsonValueKind.True => (Propagation.Orphan, null),
                JsonValueKind.False => (Propagation.Background, null),
                _ => (null, Refusal.BadRequest("orphanDependents: must be true or false")),
            };
        }
        return policy is null ? (null, null) : Text(policy) switch
        {
            "Background" => (Propagation.Background, null),
            "Foreground" => (Propagation.Foreground, null),
            "Orphan" => (Propagation.Orphan, null),
            _ => (null, Invalid($"propagationPolicy: Unsupported value: {Excerpt.Of(policy.ToJsonString())}: must be Background, Foreground or Orphan")),
        };
    }

    private static JsonObject OfQuery(HttpRequest request)
    {
        var json = new JsonObject();
        if (request.Query["propagationPolicy"] is [{ Length: > 0 } policy])
            json["propagationPolicy"] = policy;
        if (request.Query["gracePeriodSeconds"] is [{ Length: > 0 } grace])
            json["gracePeriodSeconds"] = long.TryParse(grace, out long seconds) ? seconds : grace;
        if (request.Query["orphanDependents"] is [{ Length: > 0 } orphan])
            json["orphanDependents"] = bool.TryParse(orphan, out bool value) ? value : orphan;
        return json;
    }

    private static Refusal Invalid(string problem) => Refusal.InvalidOptions("DeleteOptions", [problem]);

    private static bool IsText(JsonNode? node) => node is null || node.GetValueKind() == JsonValueKind.String;

    private static string? Text(JsonNode? node) => node is not null && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
