using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Relaying;
using Orrery.Wire.Http;

namespace Orrery.Gateway.Telemetry;

/// <summary>
/// Spans of a request, after OpenTelemetry's GenAI conventions. There are none while nobody listens to the source.
/// <code>
///   chat m                the request, under the client's span where it sent one
///     queue               it waits for a replica
///     relay               one for each replica that it was sent to, which gets this span as traceparent
/// </code>
/// </summary>
internal static class RequestSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <returns>Null: nobody listens, or the client's own trace is not recorded.</returns>
    public static Activity? Begin(HttpContext http, string operation)
    {
        var span = ServerSpan.Start(Source, operation, http);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryNames.Operation, operation);
            span.SetTag("gen_ai.provider.name", "orrery");
            span.SetTag("http.request.method", http.Request.Method);
            span.SetTag("url.path", http.Request.Path.Value);
            span.SetTag("orrery.request.id", http.Response.Headers[RelayedHeaders.RequestId].ToString());
        }
        return span;
    }

    public static void End(Exchange exchange, int status, string? error)
    {
        if (exchange.Span is not { IsAllDataRequested: true } span)
            return;
        if (exchange.Model is { } model)
        {
            span.DisplayName = $"{exchange.Operation} {model}";
            span.SetTag(TelemetryNames.Model, model);
            span.SetTag("gen_ai.request.stream", exchange.IsStream);
        }
        span.SetTag("http.response.status_code", status);
        // A tag without a value is none.
        span.SetTag("gen_ai.usage.input_tokens", exchange.Usage.Prompt);
        span.SetTag("gen_ai.usage.output_tokens", exchange.Usage.Completion);
        span.SetTag("gen_ai.usage.cache_read.input_tokens", exchange.Usage.Cached);
        span.SetTag("gen_ai.response.time_to_first_chunk", exchange.ToFirstByte?.TotalSeconds);
        span.SetTag(TelemetryNames.Error, error);
        if (error is not null && status is >= 500 or < 400)
            span.SetStatus(ActivityStatusCode.Error, error);
    }

    /// <param name="start">When the waiting began.</param>
    public static void Queued(Exchange exchange, DateTimeOffset start)
    {
        if (exchange.Span is { } span)
            Source.StartActivity("queue", ActivityKind.Internal, span.Context, startTime: start)?.Dispose();
    }

    public static Activity? Relay(Exchange exchange)
    {
        if (exchange.Span is not { } span)
            return null;
        var relay = Source.StartActivity("relay", ActivityKind.Client, span.Context);
        relay?.SetTag("server.address", exchange.Replica).SetTag("orrery.attempt", exchange.Tries);
        return relay;
    }

    public static void End(Activity? relay, RelayOutcome? outcome)
    {
        if (relay is null)
            return;
        if (outcome is RelayOutcome.Done done)
            relay.SetTag("http.response.status_code", done.Status);
        if (outcome is null or not RelayOutcome.Done)
            relay.SetTag(TelemetryNames.Error, RelayOutcome.WordFor(outcome));
        if (outcome?.Failed == true)
            relay.SetStatus(ActivityStatusCode.Error, RelayOutcome.WordFor(outcome));
        relay.Dispose();
    }

    /// <summary>The replica's spans come under ours. Without one of ours the client's own header goes on as it came.</summary>
    public static void Carry(Activity? relay, HttpRequestHeaders to)
    {
        if (relay is null)
            return;
        to.Remove(ServerSpan.TraceParent);
        to.Remove(ServerSpan.TraceState);
        to.TryAddWithoutValidation(ServerSpan.TraceParent, relay.Id);
        if (!string.IsNullOrEmpty(relay.TraceStateString))
            to.TryAddWithoutValidation(ServerSpan.TraceState, relay.TraceStateString);
    }
}
