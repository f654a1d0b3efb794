using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orrery.Api.Tls;
using Orrery.Wire.Http;

namespace Orrery.Api;

/// <summary>The resource API on its own Kestrel: TLS only, one address. Disposing stops it within <see cref="StopTimeout"/>, watches included.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private ApiServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Where it answers, with the port that it got.</summary>
    public Uri Address { get; }

    /// <summary>Everything that is mapped.</summary>
    internal IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    /// <param name="authority">Of the server's certificate, and of those that clients may show.</param>
    /// <param name="logging">Where its log goes. Null: nowhere.</param>
    /// <exception cref="IOException">The address cannot be listened on; the message names it.</exception>
    public static async Task<ApiServer> StartAsync(
        ResourceApi api, LocalAuthority authority, Action<ILoggingBuilder>? logging, CancellationToken ct)
    {
        try
        {
            return await StartAsync(api, api.Options.Listen.Port, authority, logging, ct);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException && api.Options.FreePortIfTaken)
        {
            return await StartAsync(api, 0, authority, logging, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<ApiServer> StartAsync(
        ResourceApi api, int port, LocalAuthority authority, Action<ILoggingBuilder>? logging, CancellationToken ct)
    {
        var address = ApiOptions.AddressOf(api.Options.Listen) ?? throw new ArgumentException(string.Join("; ", api.Options.Problems()), nameof(api));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        // The host logs a failed start and throws it too: whoever starts it decides what that means.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, PartOfProgram>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Bodies are bounded where they are read. A bound here would cut off an HTTP/1.1 client that still sends before it sees its 413;
            // without one the rest is thrown away for 5 s at most (RequestBodyDrainTimeout).
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxConcurrentConnections = api.Options.MaxConnections;
            kestrel.Listen(address, port, listen => listen.UseHttps(authority.Server, https => AskForCertificates(https, authority)));
        });

        var app = builder.Build();
        try
        {
            app.MapResourceApi(api, authority);
            await app.StartAsync(ct);
            return new ApiServer(app, Reachable(new Uri(app.Urls.Single())));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    // Any certificate passes the handshake, since only then can a wrong one be answered with a Status; the guard decides.
    private static void AskForCertificates(HttpsConnectionAdapterOptions https, LocalAuthority authority)
    {
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
        // The chain that is built before that must neither fetch anything nor look at what the machine trusts.
        https.OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = Certificates.TrustingOnly(authority.Authority);
    }

    // "All addresses" is nowhere to connect to.
    private static Uri Reachable(Uri listening) => IPAddress.TryParse(listening.Host.Trim('[', ']'), out var address)
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(listening) { Host = "127.0.0.1" }.Uri
            : listening;
}
