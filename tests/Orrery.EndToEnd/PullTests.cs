using System.Text;
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
    public async Task Weights_from_a_hub_are_served_beside_the_model_that_they_change()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Commit("org/sea", FilesOf(Repository.File("tests", "Data", "stories260K", "hf-bf16")));
        hub.Commit("org/pirate", new Dictionary<string, byte[]>
        {
            ["adapter_config.json"] = """{"peft_type": "LORA", "r": 1, "lora_alpha": 2, "bias": "none"}"""u8.ToArray(), ["adapter_model.safetensors"] = Adapter(),
        });
        string manifest = Path.Combine(_up.Home, "sea.yaml");
        await File.WriteAllTextAsync(manifest, $$$"""
            apiVersion: orrery.dev/v1alpha1
            kind: FineTunedWeight
            metadata: {name: pirate}
            spec: {baseModelRef: {name: sea}, storage: {storageUri: "hf://org/pirate", parameters: {endpoint: "{{{hub.Address}}}"} } }
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: sea}
            spec: {model: {name: sea, fineTunedWeights: [pirate]}, engine: {minReplicas: 1}}
            """, Ct);
        await _up.OrreryOutputAsync("apply", "-f", manifest);
        await _up.OrreryOutputAsync("pull", "hf://org/sea", "--endpoint", hub.Address.ToString());
        await _up.OrreryOutputAsync("wait", "isvc/sea", "--for=condition=Ready", "--timeout=60s");

        string plain = await _up.OrreryOutputAsync("run", "sea", "Once upon a time", "--max-tokens", "24");
        string changed = await _up.OrreryOutputAsync("run", "sea:pirate", "Once upon a time", "--max-tokens", "24");
        string used = await _up.OrreryOutputAsync("models", "prune");
        var service = await GetAsync("isvc/sea");
        var weights = await GetAsync("finetunedweight/pirate");
        await _up.OrreryOutputAsync("delete", "isvc", "sea");
        string unused = await _up.OrreryOutputAsync("models", "prune");
        await _up.OrreryOutputAsync("models", "prune", "--yes");

        Assert.Equal("True", Condition(service, "WeightsReady")?["status"]?.ToString());
        Assert.Equal("Ready", weights["status"]!["state"]!.ToString());
        Assert.NotEmpty(changed.Trim());
        Assert.NotEqual(plain, changed);
        Assert.DoesNotContain("pirate", used, StringComparison.Ordinal);
        Assert.Contains("pirate", unused, StringComparison.Ordinal);
    }

    /// <summary>One module, of rank 1, that turns the text.</summary>
    private static byte[] Adapter()
    {
        const string Module = "base_model.model.model.layers.0.mlp.down_proj";
        static byte[] Values(int count) => [.. Enumerable.Range(0, count).SelectMany(i => BitConverter.GetBytes(i % 3 == 0 ? 0.5f : -0.25f))];
        byte[] a = Values(172), b = Values(64);
        byte[] header = Encoding.UTF8.GetBytes(new JsonObject
        {
            [$"{Module}.lora_A.weight"] = new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray(1, 172), ["data_offsets"] = new JsonArray(0, a.Length) },
            [$"{Module}.lora_B.weight"] = new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray(64, 1), ["data_offsets"] = new JsonArray(a.Length, a.Length + b.Length) },
        }.ToJsonString());
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. a, .. b];
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
