using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Fixtures;

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
    /// <param name="certificate">Shown over TLS, on a port; null: no TLS.</param>
    public static async Task<ScriptedReplica> StartAsync(Func<HttpContext, Task> answer, bool socket = false, X509Certificate2? certificate = null)
    {
        var ct = TestContext.Current.CancellationToken;
        string? path = socket ? $"/tmp/orr-{Guid.NewGuid():N}.sock" : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            if (certificate is not null)
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
            else if (path is null)
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
