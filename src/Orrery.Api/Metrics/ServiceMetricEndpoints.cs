using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Access;
using Orrery.Api.Objects;
using Orrery.Api.Selection;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Api.Metrics;

/// <summary><c>custom.metrics.k8s.io/v1beta1</c>: one metric of one InferenceService, or of all of a namespace, as a MetricValueList.</summary>
internal sealed class ServiceMetricEndpoints(IResourceStore store, IDemandFeed demand, TimeProvider time)
{
    public void Map(GuardedRoutes routes)
    {
        foreach (var metric in DemandMetric.All)
            routes.Map("GET", "/" + metric.Path("{namespace}", "{name}"), AccessPolicy.OnRoute("get", metric.Resource), http => GetAsync(http, metric));
    }

    private async Task GetAsync(HttpContext http, DemandMetric metric)
    {
        var target = ObjectTarget.Of(http, InferenceService.Kind);
        var (selection, problem) = ObjectSelection.Of(http.Request, InferenceService.Kind);
        LabelSelector? ofMetrics = null;
        if (problem is null && http.Request.Query["metricLabelSelector"] is [{ Length: > 0 } text])
            (ofMetrics, problem) = LabelSelector.Parse(text);
        if (problem is not null)
        {
            await Refusal.BadRequest(problem).WriteAsync(http);
            return;
        }
        IReadOnlyList<Document> services;
        if (target.Name == DemandMetric.AllServices)
            services = [.. (await store.ListAsync(InferenceService.Kind, target.Namespace, http.RequestAborted)).Items.Where(selection!.Takes)];
        else if (await store.GetAsync(target.Key, http.RequestAborted) is { } one)
            services = [one];
        else
        {
            await Refusal.NotFound(target.Key).WriteAsync(http);
            return;
        }
        // Metrics carry no labels of their own.
        var items = ofMetrics?.Matches(null) != false ? services.Select(s => Value(s.Key, metric)).OfType<JsonObject>() : [];
        var list = new JsonObject { ["kind"] = "MetricValueList", ["apiVersion"] = $"{DemandMetric.Group}/{DemandMetric.Version}", ["metadata"] = new JsonObject(), ["items"] = new JsonArray([.. items]) };
        await Json.WriteAsync(http, StatusCodes.Status200OK, Json.Bytes(list));
    }

    private JsonObject? Value(ResourceKey service, DemandMetric metric) => metric.Value(demand.Read(service)) is not { } value ? null : new JsonObject
    {
        ["describedObject"] = new JsonObject
        {
            ["kind"] = service.Kind.Name,
            ["namespace"] = service.Namespace,
            ["name"] = service.Name,
            ["apiVersion"] = service.Kind.ApiVersion,
        },
        ["metricName"] = metric.Name,
        ["timestamp"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["value"] = value.ToString(CultureInfo.InvariantCulture),
        ["selector"] = null,
    };
}
