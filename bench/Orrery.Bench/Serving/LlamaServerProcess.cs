using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orrery.Bench.Serving;

/// <summary>llama.cpp's server over one file, where the tests have unpacked it.</summary>
internal sealed class LlamaServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private LlamaServerProcess(Process process, ServeTarget target) => (_process, Target) = (process, target);

    public ServeTarget Target { get; }

    /// <param name="slots">Requests that it answers at once, each with a share of the context.</param>
    public static async Task<LlamaServerProcess> StartAsync(string program, string model, int threads, int slots, int context)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        var start = new ProcessStartInfo(program, [
            "-m", model, "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "-t", $"{threads}", "-np", $"{slots}", "-c", $"{slots * context}", "--log-disable"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(program);
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var server = new LlamaServerProcess(process, new ServeTarget("llama-server", new Uri($"http://127.0.0.1:{port}"), "any"));
        try
        {
            await server.WaitAsync(errors);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task WaitAsync(Task<string> errors)
    {
        using var http = new HttpClient { BaseAddress = Target.Address };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/health");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!_process.HasExited && clock.Elapsed < Patience)
            {
                // Not there yet.
            }
            if (_process.HasExited)
                throw new InvalidOperationException($"llama-server ended with {_process.ExitCode}: {await errors}");
            if (clock.Elapsed > Patience)
                throw new InvalidOperationException($"llama-server was not ready within {Patience.TotalSeconds} s.");
            await Task.Delay(20);
        }
    }
}
