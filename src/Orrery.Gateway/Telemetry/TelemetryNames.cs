using System.Collections.Frozen;
using Orrery.Wire.Metrics;

namespace Orrery.Gateway.Telemetry;

/// <summary>
/// Everything that is measured has two names: OpenTelemetry's, after its GenAI semantic conventions where they have the thing, and Prometheus'.
/// </summary>
internal static class TelemetryNames
{
    /// <summary>Of the meter and of the source of spans.</summary>
    public const string Source = "Orrery.Gateway";

    public const string Requests = "orrery.gateway.requests";
    public const string Errors = "orrery.gateway.errors";
    public const string Attempts = "orrery.gateway.attempts";
    public const string Duration = "gen_ai.server.request.duration";
    public const string QueueTime = "orrery.gateway.queue_time";
    public const string FirstToken = "gen_ai.server.time_to_first_token";
    public const string InterToken = "orrery.gateway.inter_token_latency";
    public const string PerToken = "gen_ai.server.time_per_output_token";
    public const string TokenUsage = "gen_ai.client.token.usage";
    public const string PromptTokens = "orrery.gateway.prompt_tokens";
    public const string GeneratedTokens = "orrery.gateway.generation_tokens";
    public const string CachedTokens = "orrery.gateway.cached_tokens";
    public const string Waiting = "orrery.gateway.requests.waiting";
    public const string InFlight = "orrery.gateway.requests.in_flight";
    public const string Routes = "orrery.gateway.routes";
    public const string Endpoints = "orrery.gateway.endpoints";
    public const string AccessLinesLost = "orrery.gateway.access_log.dropped";

    public const string Model = "gen_ai.request.model";
    public const string Operation = "gen_ai.operation.name";
    public const string TokenType = "gen_ai.token.type";
    public const string Error = "error.type";
    public const string Code = "code";
    public const string Outcome = "outcome";
    public const string State = "state";

    private const string Prefix = "orrery_gateway_";

    public static IReadOnlyList<MetricView> Views { get; } =
    [
        new(Requests, Prefix + "requests_total"),
        new(Errors, Prefix + "errors_total"),
        new(Attempts, Prefix + "attempts_total"),
        new(Duration, Prefix + "request_duration_seconds"),
        new(QueueTime, Prefix + "queue_time_seconds"),
        new(FirstToken, Prefix + "time_to_first_token_seconds"),
        new(InterToken, Prefix + "inter_token_latency_seconds"),
        new(PerToken, Prefix + "time_per_output_token_seconds"),
        new(TokenUsage, Prefix + "request_tokens"),
        new(PromptTokens, Prefix + "prompt_tokens_total"),
        new(GeneratedTokens, Prefix + "generation_tokens_total"),
        new(CachedTokens, Prefix + "cached_tokens_total"),
        new(Waiting, Prefix + "requests_waiting"),
        new(InFlight, Prefix + "requests_in_flight"),
        new(Routes, Prefix + "routes"),
        new(Endpoints, Prefix + "endpoints"),
        new(AccessLinesLost, Prefix + "access_log_dropped_total"),
    ];

    public static FrozenDictionary<string, string> Labels { get; } = new Dictionary<string, string>
    {
        [Model] = "model",
        [Operation] = "operation",
        [TokenType] = "type",
        [Error] = "error",
    }.ToFrozenDictionary();
}
