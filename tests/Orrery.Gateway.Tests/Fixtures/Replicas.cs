using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Fixtures;

/// <summary>Where something answers, as an EndpointSlice says it.</summary>
internal interface IReplica
{
    string AddressType { get; }

    string Address { get; }

    int? Port { get; }
}

/// <summary>An address that refuses connections.</summary>
internal sealed class NobodyThere : IReplica
{
    public string AddressType => EndpointSlice.Unix;

    public string Address { get; } = $"/tmp/orr-nobody-{Guid.NewGuid():N}.sock";

    public int? Port => null;
}

/// <summary>A small HTTP server that does what the test says, and remembers what it was asked.</summary>
internal sealed class ScriptedReplica : IReplica, IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedReplica(WebApplication app, string? socket)
    {
        _app = app;
        AddressType = socket is null ? EndpointSlice.IPv4 : EndpointSlice.Unix;
        Address = socket ?? "127.0.0.1";
    }

    public string AddressType { get; }

    public string Address { get; }

    public int? Port => AddressType == EndpointSlice.IPv4 ? new Uri(_app.Urls.First()).Port : null;

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public sealed record Asked(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    /// <param name="socket">True: listens on a unix socket, else on a loopback port.</param>
    public static async Task<ScriptedReplica> StartAsync(Func<HttpContext, Task> answer, bool socket = false)
    {
        var ct = TestContext.Current.CancellationToken;
        string? path = socket ? $"/tmp/orr-{Guid.NewGuid():N}.sock" : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            if (path is null)
                kestrel.Listen(IPAddress.Loopback, 0);
            else
                kestrel.ListenUnixSocket(path);
        });
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var replica = new ScriptedReplica(app, path);
        app.Run(async http =>
        {
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            replica.Requests.Enqueue(new Asked(
                http.Request.Method,
                $"{http.Request.Path}{http.Request.QueryString}",
                http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray()));
            await answer(http);
        });
        await app.StartAsync(ct);
        return replica;
    }

    /// <summary>Answers each request with this text as JSON.</summary>
    public static Task<ScriptedReplica> SayingAsync(string text, bool socket = false) => StartAsync(http => WholeAsync(http, text), socket);

    public static async Task WholeAsync(HttpContext http, string text)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Sends these as a stream, each flushed.</summary>
    public static async Task StreamAsync(HttpContext http, params string[] parts)
    {
        if (!http.Response.HasStarted)
            http.Response.ContentType = "text/event-stream";
        foreach (string part in parts)
        {
            await http.Response.WriteAsync(part, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Breaks the connection as a killed process does.</summary>
    public static Task DieAsync(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Says nothing until the gateway gives up.</summary>
    public static Task StallAsync(HttpContext http)
        => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>Answers each connection's first request with raw bytes and closes: for what no proper server would send.</summary>
internal sealed class RawReplica : IReplica, IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    private readonly bool _readsBody;

    /// <param name="readsBody">False: answers after the headers.</param>
    public RawReplica(string answer, bool readsBody = true)
    {
        _readsBody = readsBody;
        _listener.Start();
        _serving = ServeAsync(Encoding.UTF8.GetBytes(answer));
    }

    public string AddressType => EndpointSlice.IPv4;

    public string Address => "127.0.0.1";

    public int? Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync(byte[] answer)
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                await ReadRequestAsync(stream);
                await stream.WriteAsync(answer);
                connection.Client.Shutdown(SocketShutdown.Send);
                // Reading to the end lets the answer arrive before the connection goes.
                while (await stream.ReadAsync(new byte[1024]) > 0)
                {
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
        }
    }

    /// <summary>Up to the closing brace that ends every body in these tests, or to the empty line that ends the headers.</summary>
    private async Task ReadRequestAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (!(_readsBody ? buffer.AsSpan(0, length).EndsWith("}"u8) : buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0))
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
                return;
            length += read;
        }
    }
}
