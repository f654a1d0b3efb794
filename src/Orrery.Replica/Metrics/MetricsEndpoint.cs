using Microsoft.AspNetCore.Http;
using Orrery.Engine.Statistics;
using Orrery.Wire.Metrics;

namespace Orrery.Replica.Metrics;

/// <summary><c>GET /metrics</c> of a replica: for whoever reaches its socket, which the gateway does not pass on.</summary>
internal static class MetricsEndpoint
{
    public static Task WriteAsync(HttpContext http, string model, ModelStatistics statistics)
    {
        http.Response.ContentType = PrometheusText.ContentType;
        return http.Response.WriteAsync(PrometheusText.Of(ReplicaMetrics.Of(model, statistics)), http.RequestAborted);
    }
}
