using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Bench.Swap;

/// <summary>A home with as many services as models, each on its own copy of the model that comes along (hard links: one content on the disk).</summary>
internal sealed class SwapHome : IAsyncDisposable
{
    private const string Services = "/apis/orrery.dev/v1alpha1/namespaces/default/inferenceservices", Models = "/apis/orrery.dev/v1alpha1/clusterbasemodels";

    private readonly Running _up;
    private readonly HttpClient _api, _gateway;

    private SwapHome(Running up)
    {
        _up = up;
        _api = new ApiTarget("up", up.Api!, up.Key!, up.ProcessId).Client();
        _gateway = new HttpClient { BaseAddress = up.Address, Timeout = TimeSpan.FromMinutes(2) };
        _gateway.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", up.Key);
    }

    public static async Task<SwapHome> StartAsync(string root, string folder, int models, string budget)
    {
        var home = new SwapHome(await Running.UpAsync(root, folder, ("ORRERY_SERVING__MEMORYBUDGET", budget)));
        try
        {
            await home.FillAsync(root, folder, models);
            return home;
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    private async Task FillAsync(string root, string folder, int models)
    {
        // Its own service would always want a place.
        (await _api.DeleteAsync($"{Services}/{_up.Model}")).EnsureSuccessStatusCode();
        string file = Directory.EnumerateFiles(Path.Combine(root, "models", _up.Model), "*.gguf").Single();
        for (int i = 0; i < models; i++)
        {
            string copy = Path.Combine(folder, $"m{i:00}.gguf");
            if (!File.Exists(copy))
                Link(file, copy);
            await CreateAsync(Models, "ClusterBaseModel", $"m{i:00}", new JsonObject { ["storage"] = new JsonObject { ["storageUri"] = $"file://{copy}" } });
            await CreateAsync(
                Services, "InferenceService", $"m{i:00}", new JsonObject { ["model"] = new JsonObject { ["name"] = $"m{i:00}" }, ["engine"] = new JsonObject { ["minReplicas"] = 0 } });
        }
        while ((await ListAsync()).Count(s => s.Ready) < models)
            await Task.Delay(50);
    }

    /// <returns>From the request to the first byte of its one token, in milliseconds.</returns>
    public async Task<double> OneTokenAsync(int model)
    {
        long start = Stopwatch.GetTimestamp();
        using var answer = await _gateway.PostAsync(
            "/v1/completions", new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"model":"m{{model:00}}","prompt":"a","max_tokens":1}""")));
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>In the order of models.</summary>
    public async Task<IReadOnlyList<(bool Ready, int Replicas)>> ListAsync()
    {
        var items = JsonNode.Parse(await _api.GetStringAsync(Services))!["items"]!.AsArray();
        return
        [
            .. items.Where(i => ((string)i!["metadata"]!["name"]!).StartsWith('m')).OrderBy(i => (string)i!["metadata"]!["name"]!, StringComparer.Ordinal).Select(i =>
                ((i!["status"]?["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True")) ?? false,
                (int?)i["status"]?["components"]?["engine"]?["readyReplicas"] ?? 0)),
        ];
    }

    /// <summary>Resident bytes of the engine that serves the only model in memory.</summary>
    public static long EngineBytes(string folder)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
        {
            try
            {
                if (File.ReadAllText($"{process}/cmdline") is var words && words.Contains($"{folder}/m00.gguf", StringComparison.Ordinal))
                    return long.Parse(File.ReadLines($"{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }
        throw new InvalidOperationException("no engine runs");
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        _gateway.Dispose();
        await _up.DisposeAsync();
    }

    private async Task CreateAsync(string path, string kind, string name, JsonObject spec)
    {
        var document = new JsonObject { ["apiVersion"] = "orrery.dev/v1alpha1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
        using var answer = await _api.PostAsync(path, new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json"));
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{kind} {name}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static void Link(string file, string copy)
    {
        using var link = Process.Start("ln", [file, copy]);
        link.WaitForExit();
        if (link.ExitCode != 0)
            File.Copy(file, copy);
    }
}
