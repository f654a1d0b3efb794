using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Servers that are not ours, run as the process of a runtime.</summary>
public sealed class ForeignRuntimeTests(SharedUp shared) : IDisposable
{
    private readonly UpProcess _up = shared.Up;
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private async Task ApplyAsync(string name, string command)
    {
        string file = _folder.File("foreign.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: ServingRuntime
            metadata: {name: {{name}}}
            spec:
              supportedModelFormats: [{modelFormat: {name: gguf}, autoSelect: false}]
              process: {command: {{command}}, env: [{name: PLAIN, value: "<&'\"$(MODEL_NAME)>"}]}
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: {{name}} }
            spec: {model: {name: stories}, runtime: {name: {{name}}, kind: ServingRuntime} }
            """, Ct);
        await _up.OrreryOutputAsync("apply", "-f", file);
    }

    private async Task<string> CompleteAsync(string model)
    {
        using var http = _up.Client();
        using var response = await http.PostAsync(
            "/v1/completions", new StringContent($$"""{"model":"{{model}}","prompt":"Once upon a time","max_tokens":16,"temperature":0,"unknown":{"kept":1} }"""), Ct);
        string body = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["choices"]![0]!["text"]!.ToString();
    }

    [Fact]
    public async Task A_scripted_server_answers_through_the_gateway()
    {
        string python = Shell.Need("python3");
        await ApplyAsync("scripted", $"""["{python}", "{Repository.File("tests", "Orrery.EndToEnd", "Scripts", "slow_replica.py")}", "$(PORT)"]""");

        Assert.Equal(new string('x', 16), await CompleteAsync("scripted"));
        Assert.Contains("slow replica starts", await _up.OrreryOutputAsync("logs", "isvc/scripted"));
        await _up.OrreryOutputAsync("delete", "isvc", "scripted");
    }

    [Fact]
    public async Task The_server_of_llama_cpp_answers_is_scaled_and_logged_and_finishes_a_stream_before_it_ends()
    {
        string server = await LlamaServerAsync();
        // It ends with all that it does at TERM. Its threads wait for each other by turning, so several on a busy machine take minutes. A context longer than the model's makes a stream of several seconds.
        await ApplyAsync(
            "llamacpp", $"""["{server}", "--model", "$(MODEL_PATH)", "--ctx-size", "8192", "--override-kv", "llama.context_length=int:8192", "--parallel", "1", "--threads", "1", "--host", "127.0.0.1", "--port", "$(PORT)"], terminationGracePeriodSeconds: 300""");

        string theirs = await CompleteAsync("llamacpp");
        Assert.Equal(await CompleteAsync("stories"), theirs);

        await _up.OrreryOutputAsync("scale", "isvc", "llamacpp", "--replicas", "2");
        int ready = 0;
        await Eventually.SeesAsync(async () => (ready = await ReadyAsync("llamacpp")) == 2 ? "two" : null, () => $"{ready} of 2 replicas are ready", TimeSpan.FromMinutes(2));
        Assert.Contains("llama", await _up.OrreryOutputAsync("logs", "isvc/llamacpp"), StringComparison.OrdinalIgnoreCase);

        using var http = _up.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent("""{"model":"llamacpp","prompt":"Once","max_tokens":4000,"ignore_eos":true,"stream":true}"""),
        };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
        Assert.StartsWith("data: {", await lines.ReadLineAsync(Ct));
        await _up.OrreryOutputAsync("delete", "isvc", "llamacpp");
        Assert.Contains("llamacpp-engine", await _up.OrreryOutputAsync("get", "pods"));

        string rest = await lines.ReadToEndAsync(Ct);
        Assert.DoesNotContain("\"error\"", rest);
        Assert.EndsWith("data: [DONE]", rest.TrimEnd());
    }

    private async Task<int> ReadyAsync(string service)
        => (int?)JsonNode.Parse(await _up.OrreryOutputAsync("get", "isvc", service, "-o", "json"))!["status"]?["components"]?["engine"]?["readyReplicas"] ?? 0;

    private async Task<string> LlamaServerAsync()
    {
        string archive = Repository.Shared("bin", "llama.tar.xz");
        Assert.True((await Shell.RunAsync("tar", ["xJf", archive, "-C", _folder.Path], limit: TimeSpan.FromMinutes(2))).Code == 0);
        string server = Directory.EnumerateFiles(_folder.Path, "llama-server", SearchOption.AllDirectories).First();
        var version = await Shell.RunAsync(server, ["--version"]);
        Assert.SkipWhen(version.Code != 0, "llama-server does not run on this processor");
        return server;
    }
}
