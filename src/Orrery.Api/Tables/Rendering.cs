using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Orrery.Api.Tables;

/// <summary>How a client wants objects: as they are, or as rows to print.</summary>
internal enum Rendering
{
    Json,
    Table,
}

internal static class Renderings
{
    /// <summary>The first of Accept that can be given; null when none can. No Accept: JSON.</summary>
    public static Rendering? Of(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
            return Rendering.Json;
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return null;
        foreach (var type in accepted)
        {
            if (type.Quality != 0 && Of(type) is { } rendering)
                return rendering;
        }
        return null;
    }

    private static Rendering? Of(MediaTypeHeaderValue type)
    {
        string name = type.MediaType.Value ?? "";
        if (name is not ("*/*" or "application/*") && !name.Equals(Json.MediaType, StringComparison.OrdinalIgnoreCase))
            return null;
        return (Parameter(type, "as"), Parameter(type, "v"), Parameter(type, "g")) switch
        {
            (null, _, _) => Rendering.Json,
            ("Table", "v1", "meta.k8s.io") => Rendering.Table,
            _ => null,
        };
    }

    private static string? Parameter(MediaTypeHeaderValue type, string name)
        => type.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.Value;
}
