using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orrery.Platform.Access;

namespace Orrery.Api.Access;

/// <summary>The only way an endpoint gets mapped here, so that none is without a policy.</summary>
internal sealed class GuardedRoutes(IEndpointRouteBuilder routes, EndpointGuard guard)
{
    private readonly Dictionary<string, (string Resource, SortedSet<string> Methods)> _patterns = [];

    public void Map(string method, string pattern, AccessPolicy policy, RequestDelegate handler)
    {
        routes.MapMethods(pattern, [method], guard.Before(policy, handler)).WithMetadata(policy);
        if (!_patterns.TryGetValue(pattern, out var known))
            _patterns.Add(pattern, known = (pattern.Split('/').Last(p => !p.StartsWith('{')), []));
        known.Methods.Add(method);
    }

    /// <summary>Last: every other method of the paths mapped so far is 405, every other path 404; both only for those who may know.</summary>
    public void MapRefusals()
    {
        foreach (var (pattern, known) in _patterns)
        {
            string allow = string.Join(", ", known.Methods);
            Any(pattern, known.Resource, async http =>
            {
                http.Response.Headers.Allow = allow;
                await Refusal.MethodNotAllowed(http.Request.Method, http.Request.Path).WriteAsync(http);
            });
        }
        Any("/{**path}", "paths", http => Refusal.NoSuchPath(http.Request.Path).WriteAsync(http));
    }

    private void Any(string pattern, string resource, RequestDelegate handler)
    {
        var policy = new AccessPolicy(http => new AccessRequest(http.Request.Method.ToLowerInvariant(), resource) { Path = http.Request.Path });
        routes.Map(pattern, guard.Before(policy, handler)).WithMetadata(policy).WithOrder(int.MaxValue);
    }
}
