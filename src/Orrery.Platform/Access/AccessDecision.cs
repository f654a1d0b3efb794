namespace Orrery.Platform.Access;

/// <summary>What somebody wants to do. Every endpoint states this; one that does not is not mapped.</summary>
/// <param name="Verb">As Kubernetes has it: get, list, watch, create, update, patch, delete, deletecollection; or <c>infer</c> for model requests.</param>
/// <param name="Resource">Plural of a kind (<c>inferenceservices</c>, <c>inferenceservices/status</c>), or <c>models</c> for the OpenAI side.</param>
/// <param name="Namespace">Null: no namespace, or all of them.</param>
/// <param name="Name">Null: no single object.</param>
public sealed record AccessRequest(string Verb, string Resource, string? Namespace = null, string? Name = null)
{
    /// <summary>The API group; empty: the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>The path, where what is asked for is no resource, such as <c>/version</c>. Null: it is one.</summary>
    public string? Path { get; init; }
}

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
    private static readonly AccessRule[] Admin =
    [
        new(["*"]) { ApiGroups = ["*"], Resources = ["*"] },
        new(["*"]) { NonResourceUrls = ["*"] },
    ];

    // Whoever is known may ask what they may; the answer tells them nothing that trying would not.
    private static readonly AccessRule[] Anybody =
    [
        new(["create"]) { ApiGroups = ["authorization.k8s.io"], Resources = ["selfsubjectaccessreviews", "selfsubjectrulesreviews"] },
        new(["create"]) { ApiGroups = ["authentication.k8s.io"], Resources = ["selfsubjectreviews"] },
    ];

    /// <summary>Everything that this caller may do.</summary>
    public static IReadOnlyList<AccessRule> Of(Caller caller) => caller.Role == Roles.Admin ? [.. Admin, .. Anybody] : Anybody;

    public static AccessDecision Decide(Caller? caller, AccessRequest request)
        => caller is null ? new AccessDecision.Unauthenticated()
            : Of(caller).Any(rule => rule.Covers(request)) ? new AccessDecision.Allowed()
            : new AccessDecision.Forbidden($"User \"{caller.Name}\" with role '{caller.Role}' cannot {request.Verb} {What(request)}");

    private static string What(AccessRequest request)
        => request.Path is { } path ? $"path \"{path}\""
            : $"resource \"{request.Resource}\" in API group \"{request.Group}\" "
            + (request.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope");
}
