using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>What probing found out about one run of a replica.</summary>
internal abstract record ProbeOutcome
{
    public sealed record Ready : ProbeOutcome;

    /// <summary>It did not become ready.</summary>
    public sealed record NotStarted(string Message) : ProbeOutcome;

    /// <summary>It was ready and does not answer any more.</summary>
    public sealed record Unhealthy(string Message) : ProbeOutcome;
}

/// <summary>Asks one run of a replica whether it is up, then again and again whether it still is.</summary>
internal sealed class ReplicaProbe(ReplicaAddress address, Probe probe, TimeProvider time) : IDisposable
{
    private const int PausesPerStart = 20;
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = Client(address);

    /// <summary>Tells Ready, then Unhealthy; or NotStarted. Ends after the last word, or when cancelled.</summary>
    public async Task RunAsync(Action<ProbeOutcome> tell, CancellationToken ct)
    {
        var start = await StartAsync(ct);
        tell(start);
        if (start is ProbeOutcome.Ready)
            tell(await WatchHealthAsync(ct));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>How long to wait before the next question of a start: a twentieth of what it took so far, so that nobody waits much longer for the answer than for the start. Pure.</summary>
    internal static TimeSpan PauseAfter(TimeSpan elapsed)
        => TimeSpan.FromTicks(Math.Clamp(elapsed.Ticks / PausesPerStart, MinPause.Ticks, MaxPause.Ticks));

    private async Task<ProbeOutcome> StartAsync(CancellationToken ct)
    {
        using var startup = new CancellationTokenSource(probe.StartupTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, startup.Token);
        string last = "no answer yet";
        try
        {
            long start = time.GetTimestamp();
            while (await HealthProblemAsync(both.Token) is { } problem)
            {
                last = problem;
                await Task.Delay(PauseAfter(time.GetElapsedTime(start)), time, both.Token);
            }
            last = $"no answer to the first request, POST {probe.FirstRequestPath}";
            return await FirstRequestProblemAsync(both.Token) is { } refused ? new ProbeOutcome.NotStarted(refused) : new ProbeOutcome.Ready();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ProbeOutcome.NotStarted($"not ready within {probe.StartupTimeout.TotalSeconds:0.#} s: {last}");
        }
    }

    private async Task<ProbeOutcome> WatchHealthAsync(CancellationToken ct)
    {
        string last = "";
        for (int failures = 0; failures < probe.FailureThreshold;)
        {
            await Task.Delay(probe.Period, time, ct);
            string? problem = await HealthProblemAsync(ct);
            failures = problem is null ? 0 : failures + 1;
            last = problem ?? "";
        }
        return new ProbeOutcome.Unhealthy($"{probe.FailureThreshold} health checks in a row failed: {last}");
    }

    /// <returns>Null: it answered 200.</returns>
    private async Task<string?> HealthProblemAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(probe.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var response = await _http.GetAsync(probe.HealthPath, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return response.StatusCode == HttpStatusCode.OK ? null : $"GET {probe.HealthPath} was answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"GET {probe.HealthPath}: {e.InnerException?.Message ?? e.Message}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"GET {probe.HealthPath} was not answered within {probe.Timeout.TotalSeconds:0.#} s";
        }
    }

    /// <returns>Null: it answered 2xx, or nothing is to be asked.</returns>
    private async Task<string?> FirstRequestProblemAsync(CancellationToken ct)
    {
        if (probe.FirstRequestPath is not { } path)
            return null;
        try
        {
            using var body = new StringContent(probe.FirstRequestBody ?? "{}", Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await response.Content.CopyToAsync(Stream.Null, ct);
            return response.IsSuccessStatusCode ? null : $"the first request, POST {path}, was answered {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return $"the first request, POST {path}: {e.InnerException?.Message ?? e.Message}";
        }
    }

    private static HttpClient Client(ReplicaAddress address)
    {
        // A connection for each question: a server that closes after its answer may do so when the next question is already on its way.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero };
        if (address is ReplicaAddress.Socket { Path: var path })
            handler.ConnectCallback = (_, ct) => ConnectAsync(path, ct);
        string root = address is ReplicaAddress.Port ? address.ToString() : "http://localhost";
        return new HttpClient(handler) { BaseAddress = new Uri(root), Timeout = Timeout.InfiniteTimeSpan };
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
