using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Replicas and <c>up</c> itself that are killed or stopped at the worst moment.</summary>
public sealed class DeathTests : IAsyncDisposable
{
    // Short, so that a stalled stream is over within seconds.
    private static readonly Dictionary<string, string> Short = new()
    {
        ["ORRERY_GATEWAY__IDLETIMEOUT"] = "00:00:02",
        ["ORRERY_GATEWAY__FIRSTBYTETIMEOUT"] = "00:00:02",
    };

    private readonly TempFolder _folder = new();
    private UpProcess? _up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A service whose replica is a script.</summary>
    private async Task ServeSlowlyAsync(string mode = "", int gracePeriod = 2)
    {
        string python = Shell.Need("python3");
        await File.WriteAllTextAsync(_folder.File("slow.yaml"), $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: ClusterServingRuntime
            metadata: {name: slow}
            spec:
              supportedModelFormats: [{modelFormat: {name: gguf}, autoSelect: false}]
              process:
                command: ["{{python}}", "{{Repository.File("tests", "Orrery.EndToEnd", "Scripts", "slow_replica.py")}}", "$(PORT)"{{(mode.Length == 0 ? "" : $", {mode}")}}]
                env: [{name: SLOW_HOME, value: "{{_folder.Path}}" }]
                terminationGracePeriodSeconds: {{gracePeriod}}
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: slow}
            spec: {model: {name: planets}, runtime: {name: slow}, engine: {minReplicas: 1} }
            """, Ct);
        _up = await UpProcess.StartAsync(_folder.File("home"), Short);
        await _up.OrreryOutputAsync("apply", "-f", _folder.File("slow.yaml"));
    }

    private static async Task<(string Text, bool Ended, int Pid)> StreamAsync(HttpClient http, int maxTokens, Func<int, Task>? afterThird = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent($$"""{"model":"slow","prompt":"x","stream":true,"max_tokens":{{maxTokens}}}"""),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        string head = response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {head}");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var lines = new List<string>();
        int chunks = 0;
        int pid = 0;
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            lines.Add(line);
            if (line.Contains("\"pid\"", StringComparison.Ordinal) && ++chunks == 3)
            {
                pid = (int)JsonNode.Parse(line["data: ".Length..])!["pid"]!;
                if (afterThird is not null)
                    await afterThird(pid);
            }
        }
        return (string.Join('\n', lines), lines.Contains("data: [DONE]"), pid);
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task A_stream_whose_replica_dies_or_stops_ends_with_an_error_event_and_the_next_request_works(string signal)
    {
        await ServeSlowlyAsync();
        using var http = _up!.Client();
        Stopwatch? since = null;

        var (text, ended, pid) = await StreamAsync(http, 1000, async replica =>
        {
            var ran = await Shell.RunAsync("kill", [$"-{signal}", replica.ToString()]);
            Assert.True(ran.Code == 0, ran.ToString());
            since = Stopwatch.StartNew();
        });
        var took = since!.Elapsed;
        var next = await StreamAsync(http, 3);

        Assert.Contains("\"error\"", text);
        Assert.False(ended);
        Assert.True(took < TimeSpan.FromSeconds(20), $"the error came after {took}");
        Assert.True(next.Ended, next.Text);
        Assert.NotEqual(pid, next.Pid);
    }

    [Fact]
    public async Task When_up_is_killed_nothing_that_it_started_lives_5_seconds_later_and_nothing_acknowledged_is_lost()
    {
        await ServeSlowlyAsync("deaf");
        using (var http = _up!.Client())
            Assert.True((await StreamAsync(http, 3)).Ended);
        string home = _up.Home;
        int before = Processes.Mentioning(_folder.Path).Count;
        for (int i = 0; i < 20; i++)
        {
            string file = _folder.File("acknowledged.yaml");
            await File.WriteAllTextAsync(file, string.Join("---\n", Enumerable.Range(i * 10, 10).Select(n => $$"""
                apiVersion: v1
                kind: Secret
                metadata: {name: kept-{{n}}}
                stringData: {a: b}

                """)), Ct);
            await _up.OrreryOutputAsync("apply", "-f", file);
            if (i == 2)
                break;
        }

        await _up.SignalAsync("KILL");
        await _up.EndedAsync(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(
            () => Processes.Mentioning(_folder.Path).Count == 0,
            () => string.Join('\n', Processes.Mentioning(_folder.Path).Select(p => $"{p} {Processes.CommandLine(p)}")),
            TimeSpan.FromSeconds(5));
        await _up.DisposeAsync();
        _up = await UpProcess.StartAsync(home, Short);
        string names = await _up.OrreryOutputAsync("get", "secrets", "-o", "name");

        Assert.True(before >= 4, $"{before} processes ran before: up, supervisor, engine, script and its child were expected");
        Assert.Equal(Enumerable.Range(0, 30).Select(n => $"secrets/kept-{n}").Order(), names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        using (var http = _up.Client())
            Assert.True((await StreamAsync(http, 3)).Ended);
    }

    [Fact]
    public async Task When_the_whole_process_group_of_up_is_killed_nothing_lives_5_seconds_later()
    {
        _up = await UpProcess.StartAsync(_folder.File("home"), env: null, ownGroup: true);
        var running = Processes.Mentioning(_folder.Path);

        var ran = await Shell.RunAsync("kill", ["-KILL", "--", $"-{Processes.GroupOf(_up.Process.Id)}"]);

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.True(running.Count >= 3, $"{running.Count} processes ran");
        await Eventually.TrueAsync(
            () => Processes.Mentioning(_folder.Path).Count == 0,
            () => string.Join('\n', Processes.Mentioning(_folder.Path).Select(p => $"{p} {Processes.CommandLine(p)}")),
            TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_everything_within_5_seconds_and_a_second_up_continues(string signal)
    {
        _up = await UpProcess.StartAsync(_folder.File("home"));
        string home = _up.Home;
        string key = _up.Key;
        await _up.OrreryOutputAsync("apply", "-f", "samples/service.yaml");
        await _up.OrreryOutputAsync("delete", "isvc", "planets");

        await _up.SignalAsync(signal);
        int code = await _up.EndedAsync(TimeSpan.FromSeconds(5));
        var left = Processes.Mentioning(_folder.Path);
        await _up.DisposeAsync();
        _up = await UpProcess.StartAsync(home);
        string services = await _up.OrreryOutputAsync("get", "isvc", "-o", "name");

        Assert.Equal(0, code);
        Assert.Empty(left);
        Assert.Equal(key, _up.Key);
        Assert.Equal("inferenceservices.orrery.dev/planetarium\n", services);
        Assert.Contains("2 moons", await _up.OrreryOutputAsync("chat", "planetarium", "How many moons does Mars have?"));
    }

    [Fact]
    public async Task A_signal_lets_a_stream_finish_within_the_grace_period_of_its_replica_and_begins_nothing_new()
    {
        await ServeSlowlyAsync("patient", gracePeriod: 25);
        using var http = _up!.Client();

        var (text, ended, _) = await StreamAsync(http, 50, async _ =>
        {
            await _up.SignalAsync("TERM");
            await Eventually.SeesAsync<object>(async () => await IsRefusedAsync(http) ? "refused" : null, () => _up.Errors);
        });

        Assert.True(ended, text);
        Assert.Contains("\"49 \"", text);
        Assert.Equal(0, await _up.EndedAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(Processes.Mentioning(_folder.Path));
    }

    private static async Task<bool> IsRefusedAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/v1/completions", new StringContent("""{"model":"slow","prompt":"x","max_tokens":1}"""), Ct);
        return answer is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers: { RetryAfter: not null, ConnectionClose: true } };
    }

    [Fact]
    public async Task A_second_signal_ends_what_a_first_one_waits_for()
    {
        await ServeSlowlyAsync("patient", gracePeriod: 25);
        using var http = _up!.Client();

        bool ended = false;
        using var cut = new CancellationTokenSource();
        var signals = Task.CompletedTask;
        try
        {
            (_, ended, _) = await StreamAsync(http, 1000, _ =>
            {
                signals = SignalUntilAsync(cut.Token);
                return Task.CompletedTask;
            });
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The connection may be cut in the middle of a piece.
        }
        await cut.CancelAsync();
        await signals;

        Assert.False(ended);
        Assert.Equal(0, await _up.EndedAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(Processes.Mentioning(_folder.Path));
    }

    // Until it waits for answers, a further signal is the same as the first.
    private async Task SignalUntilAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await _up!.SignalAsync("INT");
            await Task.Delay(100, Ct);
        }
    }

    [Fact]
    public async Task A_request_to_a_service_at_zero_starts_a_replica_and_waits_for_it()
    {
        await File.WriteAllTextAsync(_folder.File("zero.yaml"), """
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: sleeper}
            spec: {model: {name: planets}, engine: {minReplicas: 0}}
            """, Ct);
        _up = await UpProcess.StartAsync(_folder.File("home"));
        await _up.OrreryOutputAsync("apply", "-f", _folder.File("zero.yaml"));
        await Eventually.SeesAsync(
            async () => (await _up.OrreryOutputAsync("get", "isvc", "sleeper")) is var seen && seen.Contains("ScaledToZero") ? seen : null, () => "not at zero");

        Assert.Contains("2 moons", await _up.OrreryOutputAsync("chat", "sleeper", "How many moons does Mars have?"));
    }
}
