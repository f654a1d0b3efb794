using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Orrery.Bench;

/// <summary>A process of ours that answers over HTTP.</summary>
internal sealed class Running : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Running(Process process, Stopwatch since)
    {
        _process = process;
        Since = since;
    }

    /// <summary>Started with the process.</summary>
    public Stopwatch Since { get; }

    public Uri Address { get; private set; } = null!;

    /// <summary>Of the resource API; null for an engine.</summary>
    public Uri? Api { get; private set; }

    public int ProcessId => _process.Id;

    public string? Key { get; private set; }

    public string Model { get; private set; } = "";

    public static async Task<Running> UpAsync(string root, string home, params (string Name, string Value)[] settings)
    {
        var running = Start(root, settings, "up", "--home", home, "--listen", "http://127.0.0.1:0", "--listen-api", "https://127.0.0.1:0");
        running.Address = new Uri(new Uri(await running.AfterAsync("API ")).GetLeftPart(UriPartial.Authority));
        running.Key = (await File.ReadAllTextAsync(Path.Combine(home, "admin.key"))).Trim();
        running.Api = new Uri((await running.AfterAsync("resources ")).Split(' ')[0]);
        string state = await running.AfterAsync("model ");
        running.Model = state.Split(':')[0];
        running.Drain();
        return running;
    }

    /// <param name="name">Of the model that comes along, and of its folder.</param>
    public static Task<Running> EngineAsync(string root, string name)
        => EngineAsync(root, Directory.EnumerateFiles(Path.Combine(root, "models", name), "*.gguf").Single(), []);

    public static Task<Running> EngineFileAsync(string root, string model, int threads, int context, int sequences)
        => EngineAsync(root, model, ["--threads", $"{threads}", "--context", $"{context}", "--sequences", $"{sequences}"]);

    private static async Task<Running> EngineAsync(string root, string model, string[] options)
    {
        var running = Start(root, [], ["engine", "--model", model, "--port", "0", .. options]);
        running.Address = new Uri(await running.AfterAsync("answers at "));
        running.Drain();
        await running.HealthyAsync();
        return running;
    }

    private async Task HealthyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        while (Since.Elapsed < Patience)
        {
            using var answer = await http.GetAsync("/health");
            if (answer.IsSuccessStatusCode)
                return;
            await Task.Delay(10);
        }
        throw new InvalidOperationException($"The engine was not ready within {Patience.TotalSeconds} s.");
    }

    public async Task OneTokenAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        if (Key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var response = await http.PostAsync(
            "/v1/completions", new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"model":"{{Model}}","prompt":"a","max_tokens":1}""")));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>It was killed: nothing is left to end.</summary>
    public void Forget()
    {
        _process.WaitForExit();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Running Start(string root, (string Name, string Value)[] settings, params string[] arguments)
    {
        var since = Stopwatch.StartNew();
        var start = new ProcessStartInfo(Path.Combine(root, "orrery"), arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return new Running(Process.Start(start)!, since);
    }

    /// <summary>What stands after these words on the next line that has them.</summary>
    private async Task<string> AfterAsync(string words)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            int at = line.IndexOf(words, StringComparison.Ordinal);
            if (at >= 0)
                return line[(at + words.Length)..].Trim();
        }
        throw new InvalidOperationException($"The process ended before it said '{words}'.");
    }

    // A full pipe would stop the process.
    private void Drain() => _ = _process.StandardOutput.ReadToEndAsync();
}
