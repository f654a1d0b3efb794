using System.Globalization;
using System.Text.RegularExpressions;
using Orrery.Engine;
using Orrery.Engine.Statistics;

namespace Orrery.Replica.Tests;

public sealed partial class MetricsTests
{
    // Nothing that a client sends makes the engine fail: that number is tested with made-up statistics.
    private const string Unmoved = "orrery_request_success_total error";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promtool_reads_them_and_has_nothing_against_them()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        await replica.Host.WarmedUp.WaitAsync(Ct);

        using var response = await replica.Client.GetAsync("/metrics", Ct);
        string text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains($"\norrery_generation_tokens_total{{model_name=\"stories260K\"}} {model.Statistics.Generation!.GeneratedTokens}\n", text, StringComparison.Ordinal);
        Assert.Equal("", await PromTool.ProblemsAsync(text));
    }

    [Fact]
    public async Task The_documentation_names_every_one()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        var documented = File.ReadLines(Repository.File("docs", "metrics.md")).Where(line => line.StartsWith("| `orrery_", StringComparison.Ordinal) && !line.StartsWith("| `orrery_gateway_", StringComparison.Ordinal))
            .SelectMany(line => Documented().Matches(line.Split('|')[1])).Select(name => name.Groups[1].Value);

        string text = await replica.Client.GetStringAsync("/metrics", Ct);

        Assert.Equal(Typed().Matches(text).Select(name => name.Groups[1].Value).Order(), documented.Order());
    }

    [Fact]
    public async Task Every_one_moves_under_load()
    {
        await using var model = Load(new EngineOptions { MaxSequences = 4, QueueLength = 4, KvCacheBytes = 0, MaxContextTokens = 512, Speculate = 4 });
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        var before = await ScrapeAsync(replica);
        var most = new Dictionary<string, double>(before);

        // More come than may wait; some leave; one is stopped by a string; all want the same start and more pages than there are.
        string start = string.Concat(Enumerable.Repeat("Once upon a time there was a girl. ", 2));
        using var leaving = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = replica.Client.BaseAddress };
        Task<HttpResponseMessage> AskAsync(string more, HttpClient? client = null) => (client ?? replica.Client).SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent($$"""{"prompt":"{{start}}","temperature":0,"logit_bias":{"2":-100},{{more}}}""") },
            HttpCompletionOption.ResponseHeadersRead, Ct);
        await Eventually.SeesAsync(
            async () =>
            {
                using (await AskAsync("\"max_tokens\":9,\"stop\":[\" \"]"))
                {
                }
                using (await AskAsync("\"max_tokens\":400,\"stream\":true", leaving))
                {
                    // With the first piece.
                }
                var asked = Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AskAsync("\"max_tokens\":400")));
                while (!asked.IsCompleted)
                {
                    foreach (var (name, value) in await ScrapeAsync(replica))
                        most[name] = Math.Max(most[name], value);
                }
                foreach (var response in await asked)
                    response.Dispose();
                return Missing(before, most).Count == 0 ? "all moved" : null;
            },
            () => $"did not move: {string.Join(", ", Missing(before, most))}");
    }

    [Fact]
    public async Task They_are_the_models_statistics_under_vLLMs_names()
    {
        var model = new ScriptedModel
        {
            Statistics = new ModelStatistics
            {
                Running = 2,
                Waiting = 3,
                Rejected = 4,
                PromptTokens = 5,
                Ended = new Dictionary<RequestEnd, long> { [RequestEnd.Error] = 6 },
                QueueTime = new HistogramSnapshot([0.5], [1, 2], 8.5),
                Generation = new GenerationStatistics { KvPagesUsed = 1, KvPages = 4, DraftedTokens = 9, AcceptedTokens = 7, GeneratedTokens = 11, Preemptions = 12, PrefixTokensHit = 13, PrefixTokensQueried = 14 },
            },
        };
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        string text = await replica.Client.GetStringAsync("/metrics", Ct);

        string[] expected =
        [
            "num_requests_running{m} 2", "num_requests_waiting{m} 3", "admission_rejections_total{m} 4", "prompt_tokens_total{m} 5",
            "request_success_total{m,finished_reason=\"error\"} 6", "request_success_total{m,finished_reason=\"stop\"} 0",
            "request_queue_time_seconds_bucket{m,le=\"0.5\"} 1", "request_queue_time_seconds_bucket{m,le=\"+Inf\"} 3", "request_queue_time_seconds_sum{m} 8.5",
            "kv_cache_usage_perc{m} 0.25", "prefix_cache_queries_total{m} 14", "prefix_cache_hits_total{m} 13", "generation_tokens_total{m} 11",
            "num_preemptions_total{m} 12", "spec_decode_num_draft_tokens_total{m} 9", "spec_decode_num_accepted_tokens_total{m} 7",
            "time_to_first_token_seconds_count{m} 0", "inter_token_latency_seconds_count{m} 0", "e2e_request_latency_seconds_count{m} 0",
        ];
        foreach (string line in expected)
            Assert.Contains($"\norrery_{line.Replace("{m", "{model_name=\"scripted\"", StringComparison.Ordinal)}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_for_embeddings_shows_what_it_has()
    {
        await using var replica = await ReplicaUnderTest.StartAsync(new ScriptedEmbeddings { Statistics = new ModelStatistics { PromptTokens = 5 } });

        string text = await replica.Client.GetStringAsync("/metrics", Ct);

        Assert.Contains("\norrery_prompt_tokens_total{model_name=\"scripted\"} 5\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("kv_cache", text, StringComparison.Ordinal);
        Assert.Equal("", await PromTool.ProblemsAsync(text));
    }

    private static List<string> Missing(Dictionary<string, double> before, Dictionary<string, double> now) => [.. before.Keys.Where(name => !(now[name] > before[name])).Where(name => name != Unmoved)];

    /// <summary>Values by name, and by how requests ended; of histograms the counts.</summary>
    private static async Task<Dictionary<string, double>> ScrapeAsync(ReplicaUnderTest replica)
    {
        string text = await replica.Client.GetStringAsync("/metrics", Ct);
        return Sample().Matches(text).Where(line => !line.Groups["name"].Value.EndsWith("_bucket", StringComparison.Ordinal))
            .ToDictionary(line => $"{line.Groups["name"].Value} {line.Groups["reason"].Value}".TrimEnd(), line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    private static LocalTextModel Load(EngineOptions? options = null) => LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), options);

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex Documented();

    [GeneratedRegex("^# TYPE (\\S+)", RegexOptions.Multiline)]
    private static partial Regex Typed();

    [GeneratedRegex("^(?<name>orrery_[a-z0-9_]+)\\{[^}]*?(finished_reason=\"(?<reason>[a-z]+)\")?\\} (?<value>.+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
