using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Orrery.Wire.Http;

namespace Orrery.Replica;

/// <summary>A span for each request that is work, under the gateway's; the engine's own come below it.</summary>
internal static class ReplicaSpans
{
    private static readonly ActivitySource Source = new("Orrery.Replica");

    /// <param name="path">Which names the span.</param>
    public static RequestDelegate Around(string path, string model, RequestDelegate answer) => async http =>
    {
        using var span = ServerSpan.Start(Source, path, http);
        await answer(http);
        if (span is null)
            return;
        span.SetTag("gen_ai.request.model", model);
        span.SetTag("http.response.status_code", http.Response.StatusCode);
        if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    };
}
