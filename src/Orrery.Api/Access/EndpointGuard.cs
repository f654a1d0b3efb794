using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Orrery.Platform.Access;
using Orrery.Wire.Http;

namespace Orrery.Api.Access;

/// <summary>
/// Stands before every endpoint: who asks, may they, and does the path match to the letter (routing itself ignores case). Behind it,
/// what goes wrong becomes one Status and, when it is a fault of ours, one line in the log.
/// </summary>
/// <param name="keys">Who holds a key; null for an unknown one.</param>
internal sealed class EndpointGuard(Func<string?, Caller?> keys, ILogger log)
{
    public RequestDelegate Before(AccessPolicy policy, RequestDelegate handler) => async http =>
    {
        if (Refuse(http, policy) is { } refusal)
            await refusal.WriteAsync(http);
        else
            await ErrorBoundary.RunAsync(http, handler, log, bad => (bad is null ? Refusal.Internal() : Unreadable(bad)).WriteAsync(http));
    };

    private Refusal? Refuse(HttpContext http, AccessPolicy policy)
    {
        if (policy.Ask is null)
            return null;
        if (keys(BearerKey.Of(http.Request)) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Refusal.Unauthorized();
        }
        return AccessRules.Decide(caller, policy.Ask(http)) switch
        {
            AccessDecision.Allowed => SameCase(http) ? null : Refusal.NoSuchPath(http.Request.Path),
            AccessDecision.Forbidden forbidden => Refusal.Forbidden(forbidden.Reason),
            _ => Refusal.Unauthorized(),
        };
    }

    private static Refusal Unreadable(BadHttpRequestException bad) => new(bad.StatusCode, "BadRequest", $"the request could not be read: {bad.Message}");

    private static bool SameCase(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint { RoutePattern: var pattern })
            return true;
        string[] segments = (http.Request.Path.Value ?? "").Trim('/').Split('/');
        for (int i = 0; i < pattern.PathSegments.Count && i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternLiteralPart literal] && literal.Content != segments[i])
                return false;
        }
        return true;
    }
}
