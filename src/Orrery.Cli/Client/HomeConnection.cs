using System.Net.Http.Headers;

namespace Orrery.Cli.Client;

/// <summary>The gateway of a running home, with its admin key. The resource API is reached as any other server (<see cref="Connections.ApiSession"/>).</summary>
internal sealed class HomeConnection : IDisposable
{
    private HomeConnection(HttpClient gateway) => Gateway = gateway;

    public HttpClient Gateway { get; }

    /// <exception cref="CliException">Nothing runs in this home.</exception>
    public static HomeConnection Open(string home)
    {
        if (RunningHome.Read(RunningHome.FileOf(home)) is not { } running || !running.IsAlive())
            throw NotRunning(home);
        var gateway = new HttpClient(new SocketsHttpHandler()) { BaseAddress = running.Gateway, Timeout = Timeout.InfiniteTimeSpan };
        gateway.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key(Path.Combine(home, "admin.key")));
        return new HomeConnection(gateway);
    }

    public static CliException NotRunning(string home) => new($"No orrery runs in {home}. Start one with: orrery up");

    public void Dispose() => Gateway.Dispose();

    private static string Key(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read ({e.Message}). Restart orrery up.");
        }
    }
}
