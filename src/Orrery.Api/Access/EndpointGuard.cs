using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Orrery.Api.Audit;
using Orrery.Platform.Access;
using Orrery.Wire.Http;

namespace Orrery.Api.Access;

/// <summary>
/// Stands before every endpoint:
/// <code>
///   1 who asks ── 2 may they ── 3 does the path match to the letter ── 4 writes: audit around the handler ── handler
/// </code>
/// Behind it, what goes wrong becomes one Status and, when it is a fault of ours, one line in the log.
/// </summary>
internal sealed class EndpointGuard(Authentication authentication, WriteAudit audit, ILogger log)
{
    /// <summary>Who asks, for handlers behind the guard.</summary>
    public static Caller CallerOf(HttpContext http)
        => http.Features.Get<Caller>() ?? throw new InvalidOperationException($"{http.Request.Path} is open to all; nobody was asked for.");

    public RequestDelegate Before(AccessPolicy policy, RequestDelegate handler)
    {
        Task RunAsync(HttpContext http) => ErrorBoundary.RunAsync(http, handler, log, bad => (bad is null ? Refusal.Internal() : Unreadable(bad)).WriteAsync(http));
        return policy.Ask is { } ask ? http => GuardAsync(http, ask(http), !policy.ChangesNothing && IsWrite(http.Request.Method), RunAsync) : RunAsync;
    }

    private async Task GuardAsync(HttpContext http, AccessRequest request, bool isWrite, RequestDelegate run)
    {
        // :: Step 1
        var identity = authentication.Of(http);
        var caller = (identity as Identity.Known)?.Caller;
        http.Features.Set(caller);
        var entry = audit.Begin(http, request, caller);

        // :: Step 2
        var refusal = identity is Identity.Unknown { Why: var why } ? Refusal.Unauthorized(why) : AccessRules.Decide(caller, request) switch
        {
            AccessDecision.Allowed => null,
            AccessDecision.Forbidden forbidden => Forbidden(request, forbidden.Reason),
            _ => throw new InvalidOperationException("A known caller is allowed or forbidden."),
        };
        if (refusal is not null)
        {
            if (isWrite)
                audit.Refused(entry, refusal);
            if (caller is null)
                http.Response.Headers.WWWAuthenticate = "Bearer";
            await refusal.WriteAsync(http);
            return;
        }

        // :: Step 3
        if (!SameCase(http))
            run = _ => Refusal.NoSuchPath(http.Request.Path).WriteAsync(http);

        // :: Step 4
        await (isWrite ? audit.RunAsync(http, entry, run) : run(http));
    }

    private static bool IsWrite(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static Refusal Forbidden(AccessRequest request, string reason)
    {
        if (request.Path is { } path)
            return Refusal.Forbidden(reason);
        string resource = request.Resource.Split('/')[0];
        string qualified = request.Group.Length == 0 ? resource : $"{resource}.{request.Group}";
        return new Refusal(StatusCodes.Status403Forbidden, "Forbidden", $"{qualified}{(request.Name is { } name ? $" \"{name}\"" : "")} is forbidden: {reason}")
        {
            About = (request.Name ?? "", request.Group, resource),
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
