using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Access;
using Orrery.Api.Objects;
using Orrery.Api.Selection;
using Orrery.Api.Tables;
using Orrery.Api.Watching;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Metrics;

/// <summary><c>metrics.k8s.io/v1beta1</c>, which <c>kubectl top</c> reads: what nodes and pods use now. Pods of which nothing runs are not in it.</summary>
internal sealed class MetricsEndpoints(IResourceStore store, UsageMeter meter)
{
    public void Map(GuardedRoutes routes)
    {
        foreach (var kind in MetricsKind.All)
        {
            var listing = AccessPolicy.OnRoute("list", kind.Of.Plural);
            routes.Map("GET", kind.CollectionPath, listing, http => ListAsync(http, kind));
            if (kind.Of.Namespaced)
                routes.Map("GET", $"{MetricsKind.Root}/{kind.Of.Plural}", listing, http => ListAsync(http, kind));
            routes.Map("GET", $"{kind.CollectionPath}/{{name}}", AccessPolicy.OnRoute("get", kind.Of.Plural), http => GetAsync(http, kind));
        }
    }

    private async Task GetAsync(HttpContext http, MetricsKind kind)
    {
        var key = ObjectTarget.Of(http, kind.Of).Key;
        if (Renderings.Of(http.Request) is not { } rendering)
            await Refusal.NotAcceptable().WriteAsync(http);
        else if (await store.GetAsync(key, http.RequestAborted) is { } document && kind.Make(document, await meter.ReadAsync(http.RequestAborted)) is { } metrics)
            await WriteAsync(http, rendering == Rendering.Table ? MetricsObjects.Table([metrics]) : metrics);
        else
            await NotMeasured(kind, key).WriteAsync(http);
    }

    private async Task ListAsync(HttpContext http, MetricsKind kind)
    {
        var (selection, problem) = ObjectSelection.Of(http.Request, kind.Of);
        if (Renderings.Of(http.Request) is not { } rendering)
            await Refusal.NotAcceptable().WriteAsync(http);
        else if (WatchQuery.IsAsked(http.Request))
            await new Refusal(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", $"{kind.Of.Plural}.{MetricsKind.Group} cannot be watched; list them again").WriteAsync(http);
        else if (selection is null)
            await Refusal.BadRequest(problem!).WriteAsync(http);
        else
        {
            var documents = (await store.ListAsync(kind.Of, ObjectTarget.Of(http, kind.Of).Namespace, http.RequestAborted)).Items.Where(selection.Takes);
            var report = await meter.ReadAsync(http.RequestAborted);
            var items = documents.Select(d => kind.Make(d, report)).OfType<JsonObject>();
            await WriteAsync(http, rendering == Rendering.Table ? MetricsObjects.Table(items) : MetricsObjects.List($"{kind.Name}List", items));
        }
    }

    private static Refusal NotMeasured(MetricsKind kind, ResourceKey key)
        => new(StatusCodes.Status404NotFound, "NotFound", $"{kind.Of.Plural}.{MetricsKind.Group} \"{Resources.Text.Excerpt.Of(key.Name)}\" not found: nothing of that name is measured here")
        {
            About = (key.Name, MetricsKind.Group, kind.Of.Plural),
        };

    private static Task WriteAsync(HttpContext http, JsonObject json) => Json.WriteAsync(http, StatusCodes.Status200OK, Json.Bytes(json));
}
