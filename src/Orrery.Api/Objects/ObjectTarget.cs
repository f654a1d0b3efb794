using Microsoft.AspNetCore.Http;
using Orrery.Resources;

namespace Orrery.Api.Objects;

/// <summary>What a URL points at.</summary>
/// <param name="Namespace">Null: kinds of cluster scope, or all namespaces.</param>
/// <param name="Name">Null: the collection.</param>
internal sealed record ObjectTarget(ResourceKind Kind, string? Namespace, string? Name)
{
    public ResourceKey Key => Kind.Key(Namespace, Name!);

    public static ObjectTarget Of(HttpContext http, ResourceKind kind)
        => new(kind, http.Request.RouteValues["namespace"] as string, http.Request.RouteValues["name"] as string);
}
