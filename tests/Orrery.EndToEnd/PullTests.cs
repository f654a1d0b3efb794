using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;
using Orrery.Testing.Origins;

namespace Orrery.EndToEnd;

/// <summary>A model from a hub to an answer.</summary>
public sealed class PullTests(SharedUp shared)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly UpProcess _up = shared.Up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Dictionary<string, byte[]> FilesOf(string folder)
        => Directory.EnumerateFiles(folder).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);

    private async Task<JsonNode> GetAsync(string what) => JsonNode.Parse(await _up.OrreryOutputAsync("get", what, "-o", "json"))!;

    private static JsonNode? Condition(JsonNode of, string type) => of["status"]?["conditions"]?.AsArray().FirstOrDefault(c => c!["type"]!.ToString() == type);

    [Fact]
    public async Task A_pulled_model_is_served_by_the_service_that_waited_for_it_and_pruned_when_nobody_uses_it()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Commit("org/tales", FilesOf(Repository.File("tests", "Data", "stories260K", "hf-bf16")));
        var open = new SemaphoreSlim(2);
        hub.Pace = open.WaitAsync;
        string manifest = Path.Combine(_up.Home, "tales.yaml");
        await File.WriteAllTextAsync(manifest, """
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: tales}
            spec: {model: {name: tales}, engine: {minReplicas: 1}}
            """, Ct);
        await _up.OrreryOutputAsync("apply", "-f", manifest);

        string asked = await _up.OrreryOutputAsync("pull", "hf://org/tales", "--endpoint", hub.Address.ToString(), "--wait=false");
        await Eventually.SeesAsync(async () => Condition(await GetAsync("isvc/tales"), "ModelResolved")?["reason"]?.ToString() == "ModelArriving" ? "yes" : null, () => _up.Output, Bound);
        string models = await _up.OrreryOutputAsync("models");
        open.Release(100_000);
        string pulled = await _up.OrreryOutputAsync("pull", "hf://org/tales", "--endpoint", hub.Address.ToString());
        await _up.OrreryOutputAsync("wait", "isvc/tales", "--for=condition=Ready", "--timeout=60s");
        string text = await _up.OrreryOutputAsync("run", "tales", "Once upon a time", "--max-tokens", "8");

        Assert.Contains("`orrery models` shows how far", asked, StringComparison.Ordinal);
        Assert.Contains("In_Transit", models, StringComparison.Ordinal);
        Assert.Contains("clusterbasemodel/tales is ready: LlamaForCausalLM, 260K parameters", pulled, StringComparison.Ordinal);
        Assert.NotEmpty(text.Trim());
        var model = await GetAsync("clusterbasemodel/tales");
        Assert.StartsWith(_up.Home, model["status"]!["path"]!.ToString(), StringComparison.Ordinal);

        string used = await _up.OrreryOutputAsync("models", "prune");
        await _up.OrreryOutputAsync("delete", "isvc", "tales");
        string unused = await _up.OrreryOutputAsync("models", "prune");
        await _up.OrreryOutputAsync("models", "prune", "--yes");

        Assert.DoesNotContain("tales", used, StringComparison.Ordinal);
        Assert.Contains("clusterbasemodel/tales", unused, StringComparison.Ordinal);
        await Eventually.TrueAsync(
            () => Directory.EnumerateFiles(Path.Combine(_up.Home, "models", "blobs"), "*", SearchOption.AllDirectories).All(f => false),
            () => string.Join(' ', Directory.EnumerateFiles(Path.Combine(_up.Home, "models"), "*", SearchOption.AllDirectories)));
    }

    [Fact]
    public async Task What_a_hub_refuses_is_one_line_and_exit_code_1()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Token = "secret";
        hub.Commit("org/gated", new Dictionary<string, byte[]> { ["config.json"] = [1] });

        var ran = await _up.OrreryAsync("pull", "hf://org/gated", "--endpoint", hub.Address.ToString());
        await _up.OrreryOutputAsync("delete", "clusterbasemodel", "gated");

        Assert.Equal(1, ran.Code);
        Assert.Contains("accept its terms", ran.Errors, StringComparison.Ordinal);
        Assert.Single(ran.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_download_going_and_says_so()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Commit("org/slow", FilesOf(Repository.File("tests", "Data", "stories260K", "hf-bf16")));
        var open = new SemaphoreSlim(1);
        hub.Pace = open.WaitAsync;

        using var pull = Shell.Start(Repository.File("orrery"), ["--home", _up.Home, "pull", "hf://org/slow", "--endpoint", hub.Address.ToString()]);
        var output = pull.StandardOutput.ReadToEndAsync(Ct);
        await Eventually.TrueAsync(() => hub.Asked.Any(a => a.Path.Contains("/resolve/", StringComparison.Ordinal)), () => "nothing is fetched", Bound);
        await Shell.RunAsync("kill", ["-INT", pull.Id.ToString()]);
        await pull.WaitForExitAsync(Ct);
        open.Release(100_000);
        await Eventually.SeesAsync(async () => (await GetAsync("clusterbasemodel/slow"))["status"]?["state"]?.ToString() == "Ready" ? "yes" : null, () => _up.Output, Bound);
        await _up.OrreryOutputAsync("delete", "clusterbasemodel", "slow");

        Assert.Contains("The download goes on.", await output, StringComparison.Ordinal);
        Assert.Equal(130, pull.ExitCode);
    }
}
