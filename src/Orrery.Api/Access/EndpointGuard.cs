using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Orrery.Platform.Access;

namespace Orrery.Api.Access;

/// <summary>
/// Stands before every endpoint: who asks, may they, and does the path match to the letter (routing itself ignores case). Behind it,
/// what goes wrong becomes one Status and, when it is a fault of ours, one line in the log.
/// </summary>
/// <param name="keys">Who holds a key; null for an unknown one.</param>
internal sealed partial class EndpointGuard(Func<string?, Caller?> keys, ILogger log)
{
    private const string Scheme = "Bearer ";

    public RequestDelegate Before(AccessPolicy policy, RequestDelegate handler) => async http =>
    {
        if (Refuse(http, policy) is { } refusal)
            await refusal.WriteAsync(http);
        else
            await RunAsync(http, handler);
    };

    private Refusal? Refuse(HttpContext http, AccessPolicy policy)
    {
        if (policy.Ask is null)
            return null;
        if (keys(Key(http.Request)) is not { } caller)
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

    private async Task RunAsync(HttpContext http, RequestDelegate handler)
    {
        try
        {
            await handler(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await new Refusal(e.StatusCode, "BadRequest", $"the request could not be read: {e.Message}").WriteAsync(http);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            LogFault(log, e, http.Request.Method, http.Request.Path);
            await Refusal.Internal().WriteAsync(http);
        }
        catch (Exception e)
        {
            // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
            LogFault(log, e, http.Request.Method, http.Request.Path);
            http.Abort();
        }
    }

    private static string? Key(HttpRequest request)
        => request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;

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

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFault(ILogger log, Exception exception, string method, string path);
}
