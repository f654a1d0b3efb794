using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Tests.Telemetry;

public sealed partial class MetricsTests
{
    private const string Ask = """{"model":"m"}""";
    private const string Usage = """{"usage":{"prompt_tokens":7,"total_tokens":12,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}""";
    private const string M = "operation=\"text_completion\",model=\"m\"";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_one_is_there_and_promtool_has_nothing_against_them()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Usage);
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        await gateway.TextAsync(Ask);
        await SeesAsync(gateway, $"requests_total{{{M},code=\"2xx\"}}", 1);

        using var response = await gateway.Client.GetAsync("/metrics", Ct);
        string text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("", await PromTool.ProblemsAsync(text));
        var documented = File.ReadLines(Repository.File("docs", "metrics.md")).Where(line => line.StartsWith("| `orrery_gateway_", StringComparison.Ordinal))
            .SelectMany(line => Documented().Matches(line.Split('|')[1])).Select(name => name.Groups[1].Value);
        Assert.Equal(Typed().Matches(text).Select(name => name.Groups[1].Value).Order(), documented.Order());
    }

    [Fact]
    public async Task An_answer_in_one_piece_moves_its_figures()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Usage);
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        await gateway.TextAsync(Ask);
        await gateway.AskAsync("/v1/chat/completions", Encoding.UTF8.GetBytes(Ask));

        await SeesAsync(gateway, "requests_total{operation=\"chat\",model=\"m\",code=\"2xx\"}", 1);
        var seen = await SeesAsync(gateway, $"requests_total{{{M},code=\"2xx\"}}", 1);
        Assert.Equal(1, seen[$"request_duration_seconds_count{{{M}}}"]);
        Assert.Equal(1, seen[$"queue_time_seconds_bucket{{{M},le=\"0\"}}"]);
        Assert.Equal(1, seen[$"attempts_total{{{M},outcome=\"done\"}}"]);
        Assert.Equal((7, 5, 4), (seen[$"prompt_tokens_total{{{M}}}"], seen[$"generation_tokens_total{{{M}}}"], seen[$"cached_tokens_total{{{M}}}"]));
        Assert.Equal((7, 5), (seen[$"request_tokens_sum{{{M},type=\"input\"}}"], seen[$"request_tokens_sum{{{M},type=\"output\"}}"]));
        Assert.Equal((1, 0), (seen["endpoints{model=\"m\",state=\"ready\"}"], seen["endpoints{model=\"m\",state=\"ejected\"}"]));
        Assert.False(seen.ContainsKey($"time_to_first_token_seconds_count{{{M}}}"));
        Assert.DoesNotContain(seen.Keys, k => k.StartsWith("errors_total", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_tells_its_first_token_and_the_time_between_its_pieces()
    {
        var next = new SemaphoreSlim(0);
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            foreach (string piece in new[] { "data: 1\n\n", "data: 2\n\n", $"data: {Usage}\n\ndata: [DONE]\n\n" })
            {
                await ScriptedReplica.StreamAsync(http, piece);
                await next.WaitAsync(http.RequestAborted);
            }
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        await gateway.EventsAsync("""{"model":"m","stream":true}""", _ => next.Release());

        var seen = await SeesAsync(gateway, $"requests_total{{{M},code=\"2xx\"}}", 1);
        Assert.Equal(1, seen[$"time_to_first_token_seconds_count{{{M}}}"]);
        Assert.Equal(2, seen[$"inter_token_latency_seconds_count{{{M}}}"]);
        Assert.Equal(1, seen[$"time_per_output_token_seconds_count{{{M}}}"]);
        Assert.Equal(5, seen[$"generation_tokens_total{{{M}}}"]);
        Assert.True(seen[$"time_to_first_token_seconds_sum{{{M}}}"] <= seen[$"request_duration_seconds_sum{{{M}}}"]);
    }

    [Fact]
    public async Task A_stream_in_one_piece_tells_nothing_of_the_time_between_tokens()
    {
        await using var replica = await ScriptedReplica.StartAsync(http => ScriptedReplica.StreamAsync(http, "data: 1\n\ndata: 2\n\ndata: [DONE]\n\n"));
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        await gateway.EventsAsync("""{"model":"m","stream":true}""");

        var seen = await SeesAsync(gateway, $"time_to_first_token_seconds_count{{{M}}}", 1);
        await SeesAsync(gateway, $"requests_total{{{M},code=\"2xx\"}}", 1);
        Assert.DoesNotContain(seen.Keys, k => k.StartsWith("inter_token_latency", StringComparison.Ordinal) || k.StartsWith("time_per_output_token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_that_wait_and_that_run_are_seen_while_they_do()
    {
        var gate = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await gate.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.WholeAsync(http, "{}");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        var asking = gateway.TextAsync(Ask);
        var waiting = await SeesAsync(gateway, "requests_waiting{model=\"m\"}", 1);
        Assert.Equal((0, 1), (waiting["routes{state=\"ready\"}"], waiting["routes{state=\"waiting\"}"]));
        await gateway.SetReplicasAsync("m", replica);
        await SeesAsync(gateway, "requests_in_flight{model=\"m\"}", 1);
        gate.SetResult();
        await asking;

        var seen = await SeesAsync(gateway, $"queue_time_seconds_count{{{M}}}", 1);
        Assert.Equal(0, seen[$"queue_time_seconds_bucket{{{M},le=\"0\"}}"]);
        Assert.True(seen[$"queue_time_seconds_sum{{{M}}}"] > 0);
        Assert.Equal((1, 0), (seen["routes{state=\"ready\"}"], seen["routes{state=\"waiting\"}"]));
    }

    [Theory]
    [InlineData("""{"model":"nope"}""", 404, "operation=\"text_completion\",model=\"\"", "model_not_found")]
    [InlineData("nonsense", 400, "operation=\"text_completion\",model=\"\"", "invalid_json")]
    [InlineData("""{"model":"m","fails":400}""", 400, M, "replica_4xx")]
    [InlineData("""{"model":"m","fails":500}""", 500, M, "replica_5xx")]
    [InlineData("""{"model":"dead"}""", 502, "operation=\"text_completion\",model=\"dead\"", "upstream_failed")]
    [InlineData("""{"model":"blocked"}""", 503, "operation=\"text_completion\",model=\"blocked\"", "not_servable")]
    public async Task Errors_are_told_apart_and_names_of_models_that_are_not_there_are_no_labels(string ask, int status, string labels, string error)
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = ask.Contains("fails", StringComparison.Ordinal) ? status : 200;
            await ScriptedReplica.WholeAsync(http, "{}");
        });
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { ColdStartWait = TimeSpan.Zero });
        await gateway.ServeAsync("m", replica);
        await gateway.ServeAsync("dead", new NobodyThere());
        await gateway.AddServiceAsync("blocked");
        await gateway.BlockAsync("blocked", ServiceConditions.ModelNotFound, "no such model");
        await gateway.SettledAsync(replica);
        await Eventually.SeesAsync(
            async () =>
            {
                using var response = await gateway.AskAsync(ask);
                await response.Content.ReadAsStringAsync(Ct);
                return (int)response.StatusCode == status ? "as wanted" : null;
            },
            () => $"never answered {status}");

        var seen = await SeesAsync(gateway, $"errors_total{{{labels},error=\"{error}\"}}", 1, orMore: true);

        Assert.True(seen[$"requests_total{{{labels},code=\"{status / 100}xx\"}}"] >= 1);
        Assert.DoesNotContain(seen.Keys, k => k.Contains("nope", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_an_error_of_a_request_that_began_well()
    {
        var release = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n");
            await release.Task;
            http.Abort();
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        await gateway.EventsAsync("""{"model":"m","stream":true}""", _ => release.TrySetResult());

        var seen = await SeesAsync(gateway, $"errors_total{{{M},error=\"upstream_failed\"}}", 1);
        Assert.Equal((1, 1), (seen[$"requests_total{{{M},code=\"2xx\"}}"], seen[$"attempts_total{{{M},outcome=\"broken_off\"}}"]));
    }

    [Fact]
    public async Task A_client_that_goes_is_an_error_of_its_own_and_ends_as_499()
    {
        await using var replica = await ScriptedReplica.StartAsync(ScriptedReplica.StallAsync);
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var asking = gateway.AskAsync(Ask, leaving.Token);
        await SeesAsync(gateway, "requests_in_flight{model=\"m\"}", 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        var seen = await SeesAsync(gateway, $"errors_total{{{M},error=\"client_gone\"}}", 1);
        Assert.Equal((1, 1), (seen[$"requests_total{{{M},code=\"4xx\"}}"], seen[$"attempts_total{{{M},outcome=\"client_gone\"}}"]));
    }

    [Fact]
    public async Task Replicas_that_failed_are_seen_as_ejected_and_their_attempts_as_failed()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromHours(1), ColdStartWait = TimeSpan.Zero });
        await gateway.ServeAsync("m", new NobodyThere());
        await gateway.SeesModelAsync("m", ready: true);

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.AskAsync(Ask)).StatusCode);

        var seen = await SeesAsync(gateway, "endpoints{model=\"m\",state=\"ejected\"}", 1);
        Assert.Equal((0, 1), (seen["endpoints{model=\"m\",state=\"ready\"}"], seen[$"attempts_total{{{M},outcome=\"unreachable\"}}"]));
    }

    [Fact]
    public async Task Models_beyond_the_bound_share_a_name()
    {
        const int More = 203;
        await using var replica = await ScriptedReplica.SayingAsync("{}");
        await using var gateway = await GatewayUnderTest.StartAsync();
        for (int i = 0; i < More; i++)
            await gateway.ServeAsync($"m{i:000}", replica);
        await gateway.SettledAsync(replica);

        for (int i = 0; i < More; i++)
            await gateway.TextAsync($$"""{"model":"m{{i:000}}"}""");

        var seen = await SeesAsync(gateway, "requests_total{operation=\"text_completion\",model=\"other\",code=\"2xx\"}", 3);
        Assert.Equal(200, seen.Keys.Count(k => k.StartsWith("requests_total{operation=\"text_completion\",model=\"m", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Requests_of_other_APIs_count_as_what_they_are()
    {
        await using var replica = await ScriptedReplica.SayingAsync("""{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync("/v1/messages", """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"""u8.ToArray());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = await SeesAsync(gateway, "requests_total{operation=\"chat\",model=\"m\",code=\"2xx\"}", 1);
        Assert.Equal(2, seen["generation_tokens_total{operation=\"chat\",model=\"m\"}"]);
    }

    /// <summary>What is measured at the end of a request is measured when the client has its answer already.</summary>
    private static async Task<Dictionary<string, double>> SeesAsync(GatewayUnderTest gateway, string name, double value, bool orMore = false)
    {
        Dictionary<string, double> seen = [];
        return await Eventually.SeesAsync(
            async () =>
            {
                seen = (await gateway.Client.GetStringAsync("/metrics", Ct)).Split('\n').Where(l => l.StartsWith("orrery_gateway_", StringComparison.Ordinal))
                    .ToDictionary(l => l["orrery_gateway_".Length..l.LastIndexOf(' ')], l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
                return seen.TryGetValue(name, out double at) && (orMore ? at >= value : at.Equals(value)) ? seen : null;
            },
            () => $"wanted {name} {value}; there are\n{string.Join('\n', seen.Where(s => s.Value != 0))}");
    }

    [GeneratedRegex("^# TYPE (\\S+) ", RegexOptions.Multiline)]
    private static partial Regex Typed();

    [GeneratedRegex("`(orrery_[a-z_]+)`")]
    private static partial Regex Documented();
}
