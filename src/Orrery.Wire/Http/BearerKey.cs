using Microsoft.AspNetCore.Http;

namespace Orrery.Wire.Http;

/// <summary>The key in <c>Authorization: Bearer KEY</c> (RFC 6750).</summary>
public static class BearerKey
{
    private const string Scheme = "Bearer ";

    /// <returns>Null: none was sent, several were, or in another way.</returns>
    public static string? Of(HttpRequest request)
        => request.Headers.Authorization is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
}
