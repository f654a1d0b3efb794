using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Orrery.Testing;

/// <summary>llama.cpp's own programs, from the reference data beside this checkout.</summary>
internal sealed class LlamaPrograms
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly string _folder;

    private LlamaPrograms(string folder) => _folder = folder;

    /// <summary>The test is skipped by name where they are missing or not made for this processor.</summary>
    public static async Task<LlamaPrograms> FindAsync()
    {
        string folder = Path.Combine(TestCache.Path, "llama");
        if (!Directory.Exists(folder))
            await UnpackedArchive.UnpackAsync(Repository.Shared("bin", "llama.tar.xz"), folder);
        string? program = Directory.EnumerateFiles(folder, "llama-quantize", SearchOption.AllDirectories).FirstOrDefault();
        Assert.SkipWhen(program is null, $"llama-quantize is not in {folder}");
        return new LlamaPrograms(Path.GetDirectoryName(program)!);
    }

    /// <summary>Fails unless it ends well.</summary>
    public async Task QuantizeAsync(params string[] arguments)
    {
        using var process = Start("llama-quantize", arguments);
        using var bound = new CancellationTokenSource(Bound);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
        await process.WaitForExitAsync(bound.Token);
        SkipUnlessItRuns(process);
        Assert.True(process.ExitCode == 0, $"llama-quantize {string.Join(' ', arguments)}: {await output}{await errors}");
    }

    /// <summary>Serves a model with one thread and a cache in f32, and waits until it answers.</summary>
    public async Task<LlamaServer> ServeAsync(string model)
    {
        int port = FreePort();
        var process = Start("llama-server", [
            "-m", model, "--host", "127.0.0.1", "--port", $"{port}", "-t", "1", "-c", "256", "-np", "1", "-ctk", "f32", "-ctv", "f32", "-fa", "off", "--no-repack"]);
        var server = new LlamaServer(process, port);
        using var bound = new CancellationTokenSource(Bound);
        while (!await server.IsReadyAsync(bound.Token))
        {
            if (process.HasExited)
            {
                SkipUnlessItRuns(process);
                Assert.Fail($"llama-server ended with {process.ExitCode}: {server.LastWords}");
            }
            await Task.Delay(20, bound.Token);
        }
        return server;
    }

    private static void SkipUnlessItRuns(Process process)
    {
        const int IllegalInstruction = 128 + 4;
        Assert.SkipWhen(process.ExitCode == IllegalInstruction, "llama.cpp's programs were not made for this processor");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_folder, program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = _folder;
        return Process.Start(start)!;
    }
}

/// <summary>A running llama-server. Ends with its test.</summary>
internal sealed class LlamaServer : IDisposable
{
    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly Queue<string> _lines = new();

    public LlamaServer(Process process, int port)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(1) };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string LastWords
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/health", UriKind.Relative), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The most likely continuation, with the logarithm of every token's probability at each step.</summary>
    public async Task<IReadOnlyList<(int Token, IReadOnlyDictionary<int, double> LogProbabilities)>> ContinueAsync(int[] prompt, int tokens, int vocabulary, CancellationToken ct)
    {
        using var answer = await _http.PostAsJsonAsync("/completion", new { prompt, n_predict = tokens, temperature = 0, n_probs = vocabulary, cache_prompt = false, ignore_eos = true }, ct);
        string text = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.GetProperty("completion_probabilities").EnumerateArray().Select(step => (
            step.GetProperty("id").GetInt32(),
            (IReadOnlyDictionary<int, double>)step.GetProperty("top_logprobs").EnumerateArray().ToDictionary(one => one.GetProperty("id").GetInt32(), one => one.GetProperty("logprob").GetDouble())))];
    }

    public void Dispose()
    {
        _http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
        {
            if (line.Data is not null)
                _lines.Enqueue(line.Data);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }
}
