using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Telemetry;
using Orrery.Platform.Access;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway.Requests;

/// <summary>Who asks, and whether they may.</summary>
internal sealed class Callers(Func<string?, Caller?> find)
{
    /// <summary>Null: nobody known; 401 is already written.</summary>
    public async Task<Caller?> AuthenticateAsync(HttpContext http)
    {
        string? key = ApiKey.Of(http.Request);
        if (find(key) is { } caller)
            return Exchange.Of(http).Caller = caller;

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await Refusal.WriteAsync(http, new OpenAIError(401, "invalid_api_key", key is null
            ? "No API key was sent. Send it as 'Authorization: Bearer KEY', or as 'x-api-key: KEY'."
            : "The API key that was sent is not known here. Check that it is whole and was not replaced."));
        return null;
    }

    /// <summary>False: they may not; 403 is already written.</summary>
    public static async Task<bool> MayAsync(HttpContext http, Caller caller, AccessRequest request)
    {
        switch (AccessRules.Decide(caller, request))
        {
            case AccessDecision.Allowed:
                return true;
            case AccessDecision.Forbidden forbidden:
                await Refusal.WriteAsync(http, new OpenAIError(403, "permission_denied", forbidden.Reason));
                return false;
            default:
                await Refusal.WriteAsync(http, new OpenAIError(401, "invalid_api_key", "No known API key was sent."));
                return false;
        }
    }
}
