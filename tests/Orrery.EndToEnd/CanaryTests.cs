using System.Net;
using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>A new revision that gets a share of the requests, and one that fails at them.</summary>
public sealed class CanaryTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private UpProcess? _up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ApplyAsync(string version, int? canary, string mode = "")
    {
        string share = canary is { } percent ? $", canaryTrafficPercent: {percent}" : "";
        string last = mode.Length == 0 ? "" : $", {mode}";
        await File.WriteAllTextAsync(_folder.File("versioned.yaml"), $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: versioned}
            spec:
              model: {name: planets}
              engine:
                process: {command: ["{{Shell.Need("python3")}}", "{{Repository.File("tests", "Orrery.EndToEnd", "Scripts", "versioned_replica.py")}}", "$(PORT)", {{version}}{{last}}]}
                minReplicas: 1{{(share.Length == 0 ? "" : $"\n    {share[2..]}")}}
            """, Ct);
        await _up!.OrreryOutputAsync("apply", "-f", _folder.File("versioned.yaml"));
    }

    private async Task<JsonNode> ServiceAsync() => JsonNode.Parse(await _up!.OrreryOutputAsync("get", "isvc/versioned", "-o", "json"))!;

    private Task<JsonNode> SeesAsync(Func<JsonNode, bool> wanted)
        => Eventually.SeesAsync(async () => await ServiceAsync() is var service && wanted(service) ? service : null, () => $"{_up!.Output}\n{_up.Errors}");

    private static string? Reason(JsonNode service, string type)
        => service["status"]?["conditions"]?.AsArray().FirstOrDefault(c => c!["type"]!.ToString() == type)?["reason"]?.ToString();

    private static bool Answers(JsonNode service, string type) => service["status"]?["conditions"]?.AsArray().Any(c => c!["type"]!.ToString() == type && c["status"]!.ToString() == "True") == true;

    private static async Task<string> AskAsync(HttpClient http)
    {
        using var content = new StringContent("""{"model":"versioned","prompt":"x","max_tokens":8}""");
        using var response = await http.PostAsync("/v1/completions", content, Ct);
        return response.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["choices"]![0]!["text"]!.ToString() : $"{(int)response.StatusCode}";
    }

    private static async Task<Dictionary<string, int>> AnswersAsync(HttpClient http, int requests)
    {
        var answers = new Dictionary<string, int>();
        for (int i = 0; i < requests; i++)
        {
            string answer = await AskAsync(http);
            answers[answer] = answers.GetValueOrDefault(answer) + 1;
        }
        return answers;
    }

    [Fact]
    public async Task A_canary_gets_its_share_becomes_the_engine_and_one_that_fails_is_taken_back()
    {
        _up = await UpProcess.StartAsync(_folder.File("home"));
        using var http = _up.Client();
        await ApplyAsync("a", null);
        await SeesAsync(s => Answers(s, "RolledOut") && Reason(s, "RolledOut") == "RolledOut");
        Assert.Equal(["a"], (await AnswersAsync(http, 5)).Keys);

        // A share.
        await ApplyAsync("b", 20);
        var canary = await SeesAsync(s => Answers(s, "CanaryHealthy"));
        Assert.Equal(["80", "20"], canary["status"]!["components"]!["engine"]!["traffic"]!.AsArray().Select(t => t!["percent"]!.ToString()));
        // The gateway hears of it through the store.
        await Eventually.SeesAsync<object>(async () => await AskAsync(http) == "b" ? "b" : null, () => _up.Errors);
        var shared = await AnswersAsync(http, 100);
        Assert.InRange(shared["b"], 19, 21);
        Assert.Equal(100, shared["a"] + shared["b"]);

        // All of it.
        await ApplyAsync("b", 100);
        await SeesAsync(s => Reason(s, "RolledOut") == "RolledOut");
        Assert.Equal(["b"], (await AnswersAsync(http, 10)).Keys);

        // One that fails.
        await ApplyAsync("c", 50, "failing");
        await SeesAsync(s => Answers(s, "CanaryHealthy"));
        await Eventually.SeesAsync<object>(
            async () =>
            {
                await AnswersAsync(http, 10);
                return Reason(await ServiceAsync(), "CanaryHealthy") == "SteppedBack" ? "back" : null;
            },
            () => $"{_up.Output}\n{_up.Errors}");
        await Eventually.SeesAsync<object>(async () => (await AnswersAsync(http, 10)).Keys.SequenceEqual(["b"]) ? "b" : null, () => _up.Errors);
        Assert.True(Answers(await ServiceAsync(), "Ready"));
        string history = await _up.OrreryOutputAsync("rollout", "history", "isvc/versioned");
        Assert.Contains("taken back", history, StringComparison.Ordinal);
        Assert.Equal(1, (await _up.OrreryAsync("rollout", "status", "isvc/versioned")).Code);

        // Back to what has served.
        await _up.OrreryOutputAsync("rollout", "undo", "isvc/versioned");
        var undone = await SeesAsync(s => Reason(s, "RolledOut") == "RolledOut");
        Assert.Equal("b", undone["spec"]!["engine"]!["process"]!["command"]!.AsArray()[^1]!.ToString());
        Assert.Equal(0, (await _up.OrreryAsync("rollout", "status", "isvc/versioned")).Code);
    }
}
