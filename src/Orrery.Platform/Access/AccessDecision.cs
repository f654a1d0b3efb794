namespace Orrery.Platform.Access;

/// <summary>Who asks.</summary>
/// <param name="Name">Of the key, as audit records show it.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record Caller(string Name, string Role);

public static class Roles
{
    /// <summary>May do everything.</summary>
    public const string Admin = "admin";
}

/// <summary>What somebody wants to do. Every endpoint states this; one that does not is not mapped.</summary>
/// <param name="Verb">As Kubernetes has it: get, list, watch, create, update, patch, delete; or <c>infer</c> for model requests.</param>
/// <param name="Resource">Plural of a kind (<c>inferenceservices</c>), or <c>models</c> for the OpenAI side.</param>
/// <param name="Namespace">Null: no namespace, or all of them.</param>
/// <param name="Name">Null: no single object.</param>
public sealed record AccessRequest(string Verb, string Resource, string? Namespace = null, string? Name = null);

public abstract record AccessDecision
{
    public sealed record Allowed : AccessDecision;

    /// <summary>Nobody known asks: 401.</summary>
    public sealed record Unauthenticated : AccessDecision;

    /// <summary>Somebody known asks for what their role does not give: 403.</summary>
    public sealed record Forbidden(string Reason) : AccessDecision;
}

/// <summary>The one place that says yes. Gateway and API ask here; what no rule allows is denied.</summary>
public static class AccessRules
{
    public static AccessDecision Decide(Caller? caller, AccessRequest request) => caller switch
    {
        null => new AccessDecision.Unauthenticated(),
        { Role: Roles.Admin } => new AccessDecision.Allowed(),
        _ => new AccessDecision.Forbidden(
            $"'{caller.Name}' with role '{caller.Role}' may not {request.Verb} {request.Resource}"
            + (request.Namespace is null ? "" : $" in namespace '{request.Namespace}'")),
    };
}
