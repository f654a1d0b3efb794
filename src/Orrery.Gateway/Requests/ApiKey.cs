using Microsoft.AspNetCore.Http;
using Orrery.Wire.Http;

namespace Orrery.Gateway.Requests;

/// <summary>The key of a request as the APIs send it: OpenAI's clients as a bearer's, Anthropic's in a header of its own.</summary>
internal static class ApiKey
{
    public const string Header = "x-api-key";

    /// <returns>Null: none was sent, or several. With both headers the bearer's counts.</returns>
    public static string? Of(HttpRequest request)
        => request.Headers.Authorization.Count > 0 ? BearerKey.Of(request) : request.Headers[Header] is [{ } key] ? key.Trim() : null;
}
