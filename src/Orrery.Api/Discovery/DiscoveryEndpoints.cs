using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Access;

namespace Orrery.Api.Discovery;

/// <summary>Fixed documents: what there is, in which version, with which fields.</summary>
internal static class DiscoveryEndpoints
{
    public static void Map(GuardedRoutes routes)
    {
        string product = typeof(DiscoveryEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        MapDocument(routes, "/version", DiscoveryDocuments.Version(product));

        MapDocument(routes, "/api", DiscoveryDocuments.CoreVersions());
        MapDocument(routes, "/api/v1", DiscoveryDocuments.Resources("", "v1"));
        MapDocument(routes, "/apis", DiscoveryDocuments.Groups());
        MapDocument(routes, "/openapi/v3", OpenApiDocuments.Index());
        MapDocument(routes, "/openapi/v3/api/v1", OpenApiDocuments.For("", "v1", product));
        foreach (string group in DiscoveryDocuments.GroupVersions.Select(g => g.Group).Distinct())
            MapDocument(routes, $"/apis/{group}", DiscoveryDocuments.Group(group));
        foreach (var (group, version) in DiscoveryDocuments.GroupVersions)
        {
            MapDocument(routes, $"/apis/{group}/{version}", DiscoveryDocuments.Resources(group, version));
            MapDocument(routes, $"/openapi/v3/apis/{group}/{version}", OpenApiDocuments.For(group, version, product));
        }
        MapOpenApiV2(routes, OpenApiV2.Document(product));
    }

    private static void MapDocument(GuardedRoutes routes, string path, JsonObject document)
    {
        byte[] utf8 = Json.Bytes(document);
        routes.Map("GET", path, AccessPolicy.For("get", "discovery"), http => Json.WriteAsync(http, StatusCodes.Status200OK, utf8));
    }

    private static void MapOpenApiV2(GuardedRoutes routes, byte[] document)
        => routes.Map("GET", "/openapi/v2", AccessPolicy.For("get", "discovery"), async http =>
        {
            if (!http.Request.Headers.Accept.ToString().Contains(OpenApiV2.AcceptType, StringComparison.OrdinalIgnoreCase))
            {
                await new Refusal(406, "NotAcceptable", $"OpenAPI v2 is here as {OpenApiV2.AcceptType} only; /openapi/v3 is JSON").WriteAsync(http);
                return;
            }
            http.Response.ContentType = OpenApiV2.ContentType;
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        });
}
