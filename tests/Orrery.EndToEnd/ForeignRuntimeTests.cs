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
    public async Task The_server_of_llama_cpp_answers_through_the_gateway_with_the_text_of_our_engine()
    {
        string archive = Repository.Shared("bin", "llama.tar.xz");
        Assert.True((await Shell.RunAsync("tar", ["xJf", archive, "-C", _folder.Path], limit: TimeSpan.FromMinutes(2))).Code == 0);
        string server = Directory.EnumerateFiles(_folder.Path, "llama-server", SearchOption.AllDirectories).First();
        var version = await Shell.RunAsync(server, ["--version"]);
        Assert.SkipWhen(version.Code != 0, "llama-server does not run on this processor");
        await ApplyAsync("llamacpp", $"""["{server}", "--model", "$(MODEL_PATH)", "--host", "127.0.0.1", "--port", "$(PORT)"]""");

        string theirs = await CompleteAsync("llamacpp");
        await _up.OrreryOutputAsync("delete", "isvc", "llamacpp");

        Assert.Equal(await CompleteAsync("stories"), theirs);
    }
}
