using Microsoft.AspNetCore.Http;
using Orrery.Platform.Access;

namespace Orrery.Api.Access;

/// <summary>What an endpoint asks of its caller. Every mapped endpoint carries one as metadata.</summary>
/// <param name="Ask">The question for <see cref="AccessRules"/>. Null: anybody may, without a key; only health checks are so.</param>
internal sealed record AccessPolicy(Func<HttpContext, AccessRequest>? Ask)
{
    public static AccessPolicy Public { get; } = new((Func<HttpContext, AccessRequest>?)null);

    /// <summary>Whatever the method, nothing is changed: it is not audited.</summary>
    public bool ChangesNothing { get; init; }

    /// <summary>For what is no object of a kind: the path is what is asked for.</summary>
    public static AccessPolicy For(string verb, string resource) => new(http => new AccessRequest(verb, resource) { Path = http.Request.Path });

    /// <summary>For a path of objects: group, namespace and name come from it.</summary>
    public static AccessPolicy OnRoute(string verb, string resource) => OnRoute(_ => verb, resource);

    public static AccessPolicy OnRoute(Func<HttpContext, string> verb, string resource)
        => new(http => new AccessRequest(verb(http), resource, http.Request.RouteValues["namespace"] as string, http.Request.RouteValues["name"] as string)
        {
            Group = ApiPath.Of(http.Request.Path).Group,
        });
}
