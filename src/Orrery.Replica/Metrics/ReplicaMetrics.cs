using Orrery.Engine.Statistics;
using Orrery.Wire.Metrics;

namespace Orrery.Replica.Metrics;

/// <summary>
/// A model's statistics as metrics. The names after the prefix are vLLM's, where it has the same thing, so that its dashboards need another prefix and no
/// more; the prefix ends in an underscore and not in vLLM's colon, which Prometheus' own linter refuses.
/// </summary>
internal static class ReplicaMetrics
{
    private const string Prefix = "orrery_";

    /// <param name="model">Its name, the label <c>model_name</c> of everything.</param>
    public static IReadOnlyList<MetricFamily> Of(string model, ModelStatistics statistics)
    {
        MetricLabel[] labels = [new("model_name", model)];
        return
        [
            Gauge("num_requests_running", "Requests that are computed.", statistics.Running),
            Gauge("num_requests_waiting", "Requests that wait for a place among the running ones.", statistics.Waiting),
            Counter("admission_rejections", "Requests that were refused because the queue was full.", statistics.Rejected),
            Counter("prompt_tokens", "Tokens of answered prompts, those from the prefix cache included.", statistics.PromptTokens),
            new(Prefix + "request_success_total", MetricKind.Counter, "Requests that ended, by how: stop, length, abort (the client went) or error.", [.. Enum.GetValues<RequestEnd>().Select(EndedBy)]),
            Seconds("request_queue_time", "From a request's arrival until it ran.", statistics.QueueTime),
            Seconds("e2e_request_latency", "From arrival to end, of requests that ended with stop or length.", statistics.EndToEnd),
            .. statistics.Generation is { } generation ? OfGeneration(generation) : [],
        ];

        IEnumerable<MetricFamily> OfGeneration(GenerationStatistics generation) =>
        [
            Gauge("kv_cache_usage_perc", "Share of the KV cache's pages that sequences use, 0 to 1.", generation.KvPages == 0 ? 0 : (double)generation.KvPagesUsed / generation.KvPages),
            Counter("prefix_cache_queries", "Tokens of prompts that were looked for in the prefix cache.", generation.PrefixTokensQueried),
            Counter("prefix_cache_hits", "Tokens of prompts that were in the prefix cache.", generation.PrefixTokensHit),
            Counter("generation_tokens", "Tokens that were made.", generation.GeneratedTokens),
            Counter("num_preemptions", "How often a sequence lost its pages to another and was computed again.", generation.Preemptions),
            Counter("spec_decode_num_draft_tokens", "Tokens that speculation proposed.", generation.DraftedTokens),
            Counter("spec_decode_num_accepted_tokens", "Proposed tokens that the model would have chosen too.", generation.AcceptedTokens),
            Seconds("time_to_first_token", "From arrival to the first token.", generation.TimeToFirstToken),
            Seconds("inter_token_latency", "From a token to the next of the same sequence.", generation.InterTokenLatency),
        ];

        MetricFamily Gauge(string name, string help, double value) => new(Prefix + name, MetricKind.Gauge, help, [new MetricSample.Number(labels, value)]);

        MetricFamily Counter(string name, string help, long value) => new($"{Prefix}{name}_total", MetricKind.Counter, help, [new MetricSample.Number(labels, value)]);

        MetricFamily Seconds(string name, string help, HistogramSnapshot times) => new(
            $"{Prefix}{name}_seconds", MetricKind.Histogram, help, [new MetricSample.Distribution(labels, times.Bounds, times.Counts, times.SumSeconds)]);

        MetricSample EndedBy(RequestEnd end)
            => new MetricSample.Number([.. labels, new("finished_reason", end.ToString().ToLowerInvariant())], statistics.Ended.GetValueOrDefault(end));
    }
}
