using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.EndToEnd.Support;

/// <summary>A real <c>./orrery up</c> on free ports.</summary>
internal sealed class UpProcess : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;

    private UpProcess(Process process, string home)
    {
        Process = process;
        Home = home;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    public Process Process { get; }

    public string Home { get; }

    /// <summary>Of the gateway, without a path.</summary>
    public string Gateway { get; private set; } = "";

    public string Api { get; private set; } = "";

    public string Key { get; private set; } = "";

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>Back when it prints where it answers.</summary>
    /// <param name="arguments">After <c>up</c>.</param>
    public static Task<UpProcess> StartAsync(string home, IReadOnlyDictionary<string, string>? env = null, params string[] arguments)
        => StartAsync(home, env, ownGroup: false, arguments);

    /// <param name="ownGroup">In a process group of its own.</param>
    public static async Task<UpProcess> StartAsync(string home, IReadOnlyDictionary<string, string>? env, bool ownGroup, params string[] arguments)
    {
        string[] all = ["up", "--home", home, "--listen", "http://127.0.0.1:0", "--listen-api", "https://127.0.0.1:0", .. arguments];
        string orrery = Repository.File("orrery");
        var up = new UpProcess(ownGroup ? Shell.Start(Shell.Need("setsid"), [orrery, .. all], env) : Shell.Start(orrery, all, env), home);
        try
        {
            // The first start builds.
            await Eventually.TrueAsync(
                () => up.Process.HasExited || up.Output.Contains("Ctrl-C stops everything", StringComparison.Ordinal),
                () => $"{up.Output}\n{up.Errors}",
                TimeSpan.FromMinutes(5));
            Assert.False(up.Process.HasExited, $"orrery up ended:\n{up.Output}\n{up.Errors}");
            var running = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(home, "run", "up.json")))!;
            up.Gateway = running["gateway"]!.ToString().TrimEnd('/');
            up.Api = running["api"]!.ToString().TrimEnd('/');
            up.Key = (await File.ReadAllTextAsync(Path.Combine(home, "admin.key"))).Trim();
            return up;
        }
        catch
        {
            await up.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of the gateway with the admin key.</summary>
    public HttpClient Client() => new()
    {
        BaseAddress = new Uri(Gateway),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>An <c>orrery</c> command against this home.</summary>
    public Task<Ran> OrreryAsync(params string[] arguments) => Shell.RunAsync(Repository.File("orrery"), ["--home", Home, .. arguments]);

    /// <summary>The same, expected to succeed.</summary>
    public async Task<string> OrreryOutputAsync(params string[] arguments)
    {
        var ran = await OrreryAsync(arguments);
        Assert.True(ran.Code == 0, ran.ToString());
        return ran.Output;
    }

    /// <summary>Adds the model <c>stories</c>, which talks without end, and waits until it answers.</summary>
    public async Task ServeStoriesAsync()
    {
        string manifest = Path.Combine(Home, "stories.yaml");
        await File.WriteAllTextAsync(manifest, $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: ClusterBaseModel
            metadata: {name: stories}
            spec: {modelCapabilities: [TEXT_TO_TEXT], storage: {storageUri: "file://{{Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf")}}"} }
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: stories}
            spec: {model: {name: stories}, engine: {minReplicas: 1} }
            """);
        await OrreryOutputAsync("apply", "-f", manifest);
        File.Delete(manifest);
        await Eventually.SeesAsync(
            async () => JsonNode.Parse(await OrreryOutputAsync("get", "isvc/stories", "-o", "json"))!["status"]?["conditions"]!.AsArray()
                .FirstOrDefault(c => c!["type"]!.ToString() == "Ready" && c["status"]!.ToString() == "True"),
            () => $"{Output}\n{Errors}");
    }

    public async Task SignalAsync(string signal)
    {
        var ran = await Shell.RunAsync("kill", [$"-{signal}", Process.Id.ToString()]);
        Assert.True(ran.Code == 0, ran.ToString());
    }

    public async Task<int> EndedAsync(TimeSpan within)
    {
        await Eventually.TrueAsync(() => Process.HasExited, () => $"orrery up (pid {Process.Id}) still runs\n{Output}\n{Errors}", within);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await Shell.RunAsync("kill", ["-TERM", Process.Id.ToString()]);
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await Process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Process.Kill(entireProcessTree: true);
            }
        }
        await _reading;
        Process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (into)
                into.AppendLine(line);
        }
    }
}
