using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orrery.Cli.Client;
using Orrery.Gateway;
using Orrery.Wire.Http;

namespace Orrery.Cli.Up;

/// <summary>The gateway on its own Kestrel: plain http, <c>/v1</c> only.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly FrontDoor _door;

    private GatewayServer(WebApplication app, FrontDoor door, Uri address)
    {
        _app = app;
        _door = door;
        Address = address;
    }

    /// <summary>With the port that it got.</summary>
    public Uri Address { get; }

    /// <exception cref="CliException">The address cannot be listened on.</exception>
    public static async Task<GatewayServer> StartAsync(FrontDoor door, GatewayOptions options, Uri listen, Action<ILoggingBuilder> logging, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, PartOfProgram>();
        builder.Services.AddSingleton<IHostedService>(door);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Listen(UpOptions.Address(listen)!, listen.Port);
        });

        var app = builder.Build();
        app.MapGateway(door);
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new CliException($"{listen.GetLeftPart(UriPartial.Authority)} is in use by another program. Choose another address with --listen.");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            throw new CliException($"{listen.GetLeftPart(UriPartial.Authority)} cannot be listened on: {e.Message} Choose another address with --listen.");
        }
        return new GatewayServer(app, door, new Uri(app.Urls.Single()));
    }

    /// <summary>New requests and those that wait are refused from now on; answers go on.</summary>
    public void Close() => _door.Close();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _door.Dispose();
    }
}
