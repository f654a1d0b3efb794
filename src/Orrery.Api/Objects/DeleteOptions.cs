using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>
/// Kubernetes' <c>DeleteOptions</c>, in a delete's body or, without one, in its query. <c>gracePeriodSeconds</c> is read and has no effect:
/// objects here have no end that takes time but what finalizers hold.
/// </summary>
internal sealed record DeleteOptions(Preconditions Preconditions, Propagation? Policy)
{
    public static (DeleteOptions? Options, Refusal? Refusal) Of(HttpRequest request, ObjectBody body) => body switch
    {
        ObjectBody.Read read => Parse(read.Json),
        ObjectBody.Refused refused => (null, refused.Why),
        _ => Parse(OfQuery(request)),
    };

    public static (DeleteOptions? Options, Refusal? Refusal) Parse(JsonObject json)
    {
        if (json["kind"] is { } kind && Text(kind) != "DeleteOptions")
            return (null, Refusal.BadRequest("kind: the body of a delete must be a DeleteOptions"));
        if (json["dryRun"] is JsonArray { Count: > 0 })
            return (null, Refusal.BadRequest("dryRun: is not supported by this server; nothing was done"));
        if (json["gracePeriodSeconds"] is { } grace && !(grace is JsonValue number && number.TryGetValue(out long seconds) && seconds >= 0))
            return (null, Refusal.BadRequest("gracePeriodSeconds: must be a whole number of seconds, 0 or more"));
        var (propagation, refusal) = PropagationOf(json);
        if (refusal is not null)
            return (null, refusal);
        if (json["preconditions"] is null)
            return (new DeleteOptions(Preconditions.None, propagation), null);
        if (json["preconditions"] is not JsonObject asked || !IsText(asked["uid"]) || !IsText(asked["resourceVersion"]))
            return (null, Refusal.BadRequest("preconditions: must be an object with uid or resourceVersion as text"));
        return (new DeleteOptions(new Preconditions(Text(asked["uid"]), Text(asked["resourceVersion"])), propagation), null);
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
            _ => (null, Invalid($"propagationPolicy: {Refusal.Shown(policy.ToJsonString())} must be Background, Foreground or Orphan")),
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

    private static Refusal Invalid(string problem)
        => new(StatusCodes.Status422UnprocessableEntity, "Invalid", $"DeleteOptions.meta.k8s.io \"\" is invalid: {problem}")
        {
            About = ("", "meta.k8s.io", "DeleteOptions"),
            Problems = [problem],
        };

    private static bool IsText(JsonNode? node) => node is null || node.GetValueKind() == JsonValueKind.String;

    private static string? Text(JsonNode? node) => node is not null && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
