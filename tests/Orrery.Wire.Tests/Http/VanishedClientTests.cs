using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orrery.Wire.Http;

namespace Orrery.Wire.Tests.Http;

public sealed class VanishedClientTests
{
    private const int Clients = 200;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_that_go_in_the_middle_of_their_body_are_no_error_of_ours(bool reset)
    {
        var log = new Complaints();
        int reading = 0, ended = 0;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Logging.AddProvider(log);
        await using var app = builder.Build();
        app.MapMethods("/", ["POST"], async http =>
        {
            Interlocked.Increment(ref reading);
            try
            {
                await ErrorBoundary.RunAsync(http, ReadAsync, log.CreateLogger("boundary"));
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        });
        await app.StartAsync(Ct);
        var address = new Uri(app.Urls.Single());

        var clients = new List<Socket>();
        for (int i = 0; i < Clients; i++)
        {
            // Zero seconds to linger: the connection is reset, not closed.
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: reset, seconds: 0) };
            await client.ConnectAsync(address.Host, address.Port, Ct);
            await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), Ct);
            clients.Add(client);
        }
        await Eventually.TrueAsync(() => Volatile.Read(ref reading) == Clients, () => $"{reading} requests began");

        // All at once: how the server learns of it differs from one to the next.
        clients.ForEach(client => client.Dispose());
        await Eventually.TrueAsync(() => Volatile.Read(ref ended) == Clients, () => $"{ended} requests ended");
        await app.StopAsync(Ct);

        Assert.Empty(log.Lines);
    }

    private static async Task ReadAsync(HttpContext http) => await RequestBody.ReadAsync(http, maxBytes: 1000);

    private sealed class Complaints : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Lines.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
