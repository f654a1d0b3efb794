using System.Text.Json.Nodes;
using Orrery.Platform.Access;

namespace Orrery.Api.Access.Reviews;

/// <summary>Answers reviews from the same rules that guard every endpoint. Pure.</summary>
internal static class Review
{
    /// <param name="review">As it was sent.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="ns">Of the path; null: none.</param>
    public static (JsonObject? Answer, Refusal? Refusal) Answer(ReviewKind kind, JsonObject review, Caller caller, string? ns)
    {
        var spec = review["spec"] as JsonObject ?? [];
        var problems = new List<string>();
        var status = kind.Plural switch
        {
            "selfsubjectreviews" => new JsonObject { ["userInfo"] = UserInfo(caller) },
            "selfsubjectrulesreviews" => Rules(caller, spec, problems),
            "selfsubjectaccessreviews" => Access(caller, Request(spec, problems)),
            _ => Access(Subject(spec, problems), Request(spec, problems)),
        };
        if (kind == ReviewKind.LocalAccess && Text(spec["resourceAttributes"] as JsonObject, "namespace") is var asked && asked != ns)
            problems.Add($"spec.resourceAttributes.namespace: '{asked}' must be the namespace of the path, '{ns}'");
        if (problems.Count > 0)
        {
            return (null, new Refusal(422, "Invalid", $"{kind.Name}.{kind.Group} \"\" is invalid: {string.Join(", ", problems)}")
            {
                About = ("", kind.Group, kind.Name),
                Causes = [.. problems.Select(StatusCause.Of)],
            });
        }
        var answer = new JsonObject { ["kind"] = kind.Name, ["apiVersion"] = $"{kind.Group}/{kind.Version}", ["metadata"] = new JsonObject() };
        if (spec.Count > 0)
            answer["spec"] = spec.DeepClone();
        answer["status"] = status;
        return (answer, null);
    }

    private static JsonObject Access(Caller caller, AccessRequest request) => AccessRules.Decide(caller, request) switch
    {
        AccessDecision.Allowed => new JsonObject { ["allowed"] = true, ["reason"] = $"role '{caller.Role}' allows it" },
        AccessDecision.Forbidden { Reason: var reason } => new JsonObject { ["allowed"] = false, ["reason"] = reason },
        _ => new JsonObject { ["allowed"] = false },
    };

    private static Caller Subject(JsonObject spec, List<string> problems)
    {
        string user = Text(spec, "user") ?? "";
        string[] groups = [.. (spec["groups"] as JsonArray ?? []).OfType<JsonValue>().Select(g => g.ToString())];
        if (user.Length == 0 && groups.Length == 0)
            problems.Add("spec.user: at least one of user or group must be specified");
        return Caller.OfGroups(user, groups);
    }

    private static AccessRequest Request(JsonObject spec, List<string> problems)
    {
        var resource = spec["resourceAttributes"] as JsonObject;
        var path = spec["nonResourceAttributes"] as JsonObject;
        if (resource is null == path is null)
            problems.Add("spec.resourceAttributes: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        if (path is not null)
            return new AccessRequest(Text(path, "verb") ?? "", "") { Path = Text(path, "path") ?? "" };
        string plural = Text(resource, "resource") ?? "";
        return new AccessRequest(
            Text(resource, "verb") ?? "", Text(resource, "subresource") is { } sub ? $"{plural}/{sub}" : plural, Text(resource, "namespace"), Text(resource, "name"))
        {
            Group = Text(resource, "group") ?? "",
        };
    }

    private static JsonObject Rules(Caller caller, JsonObject spec, List<string> problems)
    {
        if (Text(spec, "namespace") is null)
            problems.Add("spec.namespace: must be set");
        var rules = AccessRules.Of(caller);
        return new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(r => r.Resources.Count > 0).Select(r => new JsonObject
            {
                ["verbs"] = Array(r.Verbs),
                ["apiGroups"] = Array(r.ApiGroups),
                ["resources"] = Array(r.Resources),
            })]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(r => r.NonResourceUrls.Count > 0).Select(r => new JsonObject
            {
                ["verbs"] = Array(r.Verbs),
                ["nonResourceURLs"] = Array(r.NonResourceUrls),
            })]),
            ["incomplete"] = false,
        };
    }

    private static JsonObject UserInfo(Caller caller)
    {
        var user = new JsonObject { ["username"] = caller.Name, ["groups"] = Array(caller.Groups) };
        if (caller.Credential.Length > 0)
            user["extra"] = new JsonObject { ["authentication.kubernetes.io/credential-id"] = Array([caller.Credential]) };
        return user;
    }

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);

    // Empty counts as left out, as Go has it.
    private static string? Text(JsonObject? json, string name) => json?[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
