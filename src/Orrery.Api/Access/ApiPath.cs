using Microsoft.AspNetCore.Http;

namespace Orrery.Api.Access;

/// <summary>Group and version in the path of a resource: <c>/api/v1/…</c>, <c>/apis/orrery.dev/v1alpha1/…</c>. Empty where there are none.</summary>
internal readonly record struct ApiPath(string Group, string Version)
{
    public static ApiPath Of(PathString path) => (path.Value ?? "").Split('/', 5) switch
    {
        ["", "api", var version, ..] => new ApiPath("", version),
        ["", "apis", var group, var version, ..] => new ApiPath(group, version),
        _ => new ApiPath("", ""),
    };
}
