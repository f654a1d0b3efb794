using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Orrery.Api.Access;

namespace Orrery.Api.Discovery;

/// <summary>Fixed documents: what there is, in which version, with which fields.</summary>
internal static class DiscoveryEndpoints
{
    // A document that is named by its hash never changes.
    private const string Forever = "public, immutable, max-age=31536000";

    private static readonly AccessPolicy Policy = AccessPolicy.For("get", "discovery");

    public static void Map(GuardedRoutes routes)
    {
        string product = typeof(DiscoveryEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        MapDocument(routes, "/version", DiscoveryDocuments.Version(product));

        MapNegotiated(routes, "/api", DiscoveryDocuments.CoreVersions(), core: true);
        MapNegotiated(routes, "/apis", DiscoveryDocuments.Groups(), core: false);
        MapDocument(routes, "/api/v1", DiscoveryDocuments.Resources("", "v1"));
        foreach (string group in DiscoveryDocuments.GroupVersions.Select(g => g.Group).Distinct())
            MapDocument(routes, $"/apis/{group}", DiscoveryDocuments.Group(group));
        foreach (var (group, version) in DiscoveryDocuments.GroupVersions)
            MapDocument(routes, $"/apis/{group}/{version}", DiscoveryDocuments.Resources(group, version));

        MapOpenApiV3(routes, product);
        MapOpenApiV2(routes, OpenApiV2Document.Json(product));
    }

    private static void MapDocument(GuardedRoutes routes, string path, JsonObject json)
    {
        var document = new FixedDocument(Json.Bytes(json), Json.MediaType);
        routes.Map("GET", path, Policy, http => document.WriteAsync(http));
    }

    /// <summary>The first of Accept that can be given: aggregated discovery or the plain document.</summary>
    private static void MapNegotiated(GuardedRoutes routes, string path, JsonObject plain, bool core)
    {
        var plainDocument = new FixedDocument(Json.Bytes(plain), Json.MediaType);
        var aggregated = AggregatedDiscovery.Versions.ToDictionary(
            v => v, v => new FixedDocument(Json.Bytes(AggregatedDiscovery.Document(v, core)), AggregatedDiscovery.ContentType(v)));
        routes.Map("GET", path, Policy, http =>
        {
            var accepted = Accepted.Of(http.Request).Select(type => Accepted.Parameter(type, "as") switch
            {
                null when Accepted.IsJson(type) => plainDocument,
                "APIGroupDiscoveryList" when Accepted.IsJson(type) && Accepted.Parameter(type, "g") == "apidiscovery.k8s.io"
                    => aggregated.GetValueOrDefault(Accepted.Parameter(type, "v") ?? ""),
                _ => null,
            });
            return accepted.FirstOrDefault(d => d is not null) is { } document
                ? document.WriteAsync(http)
                : new Refusal(StatusCodes.Status406NotAcceptable, "NotAcceptable",
                    $"none of the media types in Accept can be given; supported: {string.Join(", ", AggregatedDiscovery.Versions.Select(AggregatedDiscovery.ContentType))}, {Json.MediaType}")
                    .WriteAsync(http);
        });
    }

    private static void MapOpenApiV3(GuardedRoutes routes, string product)
    {
        var hashes = new List<(string Path, string Hash)>();
        foreach (var (group, version) in DiscoveryDocuments.GroupVersions.Prepend(("", "v1")))
        {
            string path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            var document = new FixedDocument(Json.Bytes(OpenApiDocuments.For(group, version, product)), Json.MediaType);
            hashes.Add((path, document.Hash));
            routes.Map("GET", $"/openapi/v3/{path}", Policy, http =>
            {
                if (http.Request.Query["hash"] is not [{ Length: > 0 } hash])
                    return document.WriteAsync(http);
                if (hash == document.Hash)
                    return document.WriteAsync(http, Forever);
                http.Response.Redirect($"/openapi/v3/{path}?hash={document.Hash}", permanent: true);
                return Task.CompletedTask;
            });
        }
        MapDocument(routes, "/openapi/v3", OpenApiDocuments.Index(hashes));
    }

    /// <summary>kubectl before 1.30 reads version 2, and only as a protocol buffer; everybody else gets JSON.</summary>
    private static void MapOpenApiV2(GuardedRoutes routes, JsonObject json)
    {
        var plain = new FixedDocument(Json.Bytes(json), Json.MediaType);
        var proto = new FixedDocument(OpenApiV2Proto.Document(json), OpenApiV2Proto.ContentType);
        // Its media type holds an @, which no parser of Accept takes.
        routes.Map("GET", "/openapi/v2", Policy, http => http.Request.Headers.Accept.ToString().Contains(OpenApiV2Proto.AcceptType, StringComparison.OrdinalIgnoreCase)
            ? proto.WriteAsync(http)
            : Accepted.Of(http.Request).Any(Accepted.IsJson)
                ? plain.WriteAsync(http)
                : new Refusal(StatusCodes.Status406NotAcceptable, "NotAcceptable", $"OpenAPI v2 is here as {Json.MediaType} and {OpenApiV2Proto.AcceptType}").WriteAsync(http));
    }

    /// <summary>Reading <c>Accept</c>.</summary>
    private static class Accepted
    {
        private static readonly MediaTypeHeaderValue Anything = new("*/*");

        public static IEnumerable<MediaTypeHeaderValue> Of(HttpRequest request)
            => string.IsNullOrWhiteSpace(request.Headers.Accept.ToString()) ? [Anything]
                : MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types) ? types.Where(t => t.Quality != 0)
                : [];

        public static bool IsJson(MediaTypeHeaderValue type)
            => type.MediaType.Value is "*/*" or "application/*" || type.MediaType.Equals(Json.MediaType, StringComparison.OrdinalIgnoreCase);

        public static string? Parameter(MediaTypeHeaderValue type, string name)
            => type.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.Value;
    }
}
