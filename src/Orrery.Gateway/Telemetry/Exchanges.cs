using Microsoft.AspNetCore.Http;
using Orrery.Wire.OpenAI;
using MeterTag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Orrery.Gateway.Telemetry;

/// <summary>Begins and ends the account of each request.</summary>
internal sealed class Exchanges(GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>As nginx has it: the client went before the answer began.</summary>
    public const int ClientGone = 499;

    /// <summary>Gets a line for each request; null: nobody wants any.</summary>
    public AccessLog? Log { get; set; }

    /// <param name="answer">Does not throw for what becomes of a request.</param>
    public async Task RunAsync(HttpContext http, RequestDelegate answer)
    {
        string path = http.Request.Path.Value ?? "";
        string operation = Operations.Of(path);
        using var span = RequestSpans.Begin(http, operation);
        var exchange = new Exchange(metrics, time, operation) { Path = path, Span = span };
        http.Features.Set(exchange);
        try
        {
            await answer(http);
        }
        finally
        {
            End(http, exchange);
        }
    }

    private void End(HttpContext http, Exchange exchange)
    {
        bool gone = !exchange.Handled && exchange.BrokenBy is null && http.RequestAborted.IsCancellationRequested;
        int status = gone && !http.Response.HasStarted ? ClientGone : http.Response.StatusCode;
        string? error = exchange.BrokenBy ?? (gone ? "client_gone" : http.Features.Get<OpenAIError>()?.Code) ?? status switch
        {
            >= 500 => "replica_5xx",
            >= 400 => "replica_4xx",
            _ => null,
        };
        Count(exchange, status, error);
        RequestSpans.End(exchange, status, error);
        if (Log is { } log && !log.TryAdd(AccessLine.Of(http, exchange, status, error)))
            metrics.AccessLinesLost(1);
    }

    private void Count(Exchange exchange, int status, string? error)
    {
        var tags = exchange.Tags;
        metrics.Requests.Add(1, tags.OfStatus(status));
        metrics.Duration.Record(exchange.Elapsed.TotalSeconds, tags.Plain);
        if (error is not null)
            metrics.Errors.Add(1, tags.Plain[0], tags.Plain[1], new MeterTag(TelemetryNames.Error, error));
        if (exchange.Tries > 0)
            metrics.QueueTime.Record(exchange.Waited.TotalSeconds, tags.Plain);
        if (exchange.PerEvent is { } each && error is null)
            metrics.PerToken.Record(each.TotalSeconds, tags.Plain);
        var usage = exchange.Usage;
        Count(usage.Prompt, metrics.PromptTokens, tags.Input);
        Count(usage.Completion, metrics.GeneratedTokens, tags.Output);
        if (usage.Cached is { } cached)
            metrics.CachedTokens.Add(cached, tags.Plain);

        void Count(long? tokens, System.Diagnostics.Metrics.Counter<long> sum, MeterTag[] each)
        {
            if (tokens is not { } counted)
                return;
            sum.Add(counted, tags.Plain);
            metrics.TokenUsage.Record(counted, each);
        }
    }
}
