using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orrery.Testing.Origins;

/// <summary>A web server on a free port that answers as it is told.</summary>
internal sealed class TestWeb : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestWeb(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public static async Task<TestWeb> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = new TestWeb(builder.Build());
        web._app.Run(answer);
        await web._app.StartAsync();
        web.Address = new Uri(web._app.Urls.Single());
        return web;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}

/// <summary>A server that sends each client the same bytes whatever it asks, and then closes: for answers that no sound server gives.</summary>
internal sealed class RawWeb : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    /// <param name="silent">After the bytes it says nothing more, and does not close.</param>
    public RawWeb(string head, byte[] body, bool silent = false)
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _serving = ServeAsync([.. Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"), .. body], silent);
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _listener.Dispose();
        _serving.Wait();
    }

    private async Task ServeAsync(byte[] answer, bool silent)
    {
        List<Socket> open = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                open.Add(client);
                await client.ReceiveAsync(new byte[4096]);
                await client.SendAsync(answer);
                if (!silent)
                    client.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            open.ForEach(s => s.Dispose());
        }
    }
}
