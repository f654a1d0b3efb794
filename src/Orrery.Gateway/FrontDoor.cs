using System.Net.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orrery.Gateway.Relaying;
using Orrery.Gateway.Requests;
using Orrery.Gateway.Routing;
using Orrery.Gateway.Telemetry;
using Orrery.Gateway.Translation;
using Orrery.Platform.Access;
using Orrery.Platform.Responses;
using Orrery.Resources.Demand;
using Orrery.Resources.Store;

namespace Orrery.Gateway;

/// <summary>
/// The gateway, composed: keys, routes, relay. The host starts and stops it, <see cref="GatewayEndpoints.MapGateway"/> gives it its paths.
/// <code>
///   store ──watch──▶ RouteWatcher ──whole tables──▶ Router ◀──leases── InferenceHandler ──bytes──▶ Relay ──▶ replicas
/// </code>
/// </summary>
public sealed class FrontDoor : IHostedLifecycleService, IDisposable
{
    private readonly RouteWatcher _watcher;
    private readonly UpstreamConnections _upstreams;
    private readonly ResponseSweep _sweep;

    /// <param name="findCaller">Who holds a bearer key; null for none and for unknown ones.</param>
    /// <param name="responses">Those that callers may come back to.</param>
    /// <param name="demand">Told of each request to a service, from its arrival to its end.</param>
    /// <exception cref="InvalidGatewayOptionsException">Lists every problem.</exception>
    public FrontDoor(
        GatewayOptions options, IResourceStore store, Func<string?, Caller?> findCaller, StoredResponses responses, DemandMeter demand, TimeProvider time, ILoggerFactory logs)
    {
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new InvalidGatewayOptionsException(problems);

        Log = logs.CreateLogger("Orrery.Gateway");
        Callers = new Callers(findCaller);
        Router = new Router(options, time);
        _watcher = new RouteWatcher(store, Router, demand, time, Log);
        Trust = ExternalTrust.Load(options.TrustedCertificates);
        _upstreams = new UpstreamConnections(options, Trust);
        Metrics = new GatewayMetrics(Router, demand);
        Exchanges = new Exchanges(Metrics, time);
        Inference = new InferenceHandler(options, Router, new Relay(_upstreams, options, time), demand, Metrics, time, Log);
        Translated = new TranslatedRequests(options, Inference, time);
        Responses = new ResponsesHandler(options, Translated, responses, time, Log);
        _sweep = new ResponseSweep(responses, time, Log);
    }

    /// <summary>Which certificates of servers elsewhere are taken, for whoever else asks them; null: the machine alone decides.</summary>
    public RemoteCertificateValidationCallback? Trust { get; }

    /// <summary>Gets a line for each request but those for <c>/healthz</c>; null: nobody wants any. The caller's to end, after the gateway.</summary>
    public AccessLog? AccessLog
    {
        get => Exchanges.Log;
        init
        {
            Exchanges.Log = value;
            if (value is not null)
                value.Lost = Metrics.AccessLinesLost;
        }
    }

    internal ILogger Log { get; }

    internal GatewayMetrics Metrics { get; }

    internal Exchanges Exchanges { get; }

    internal Callers Callers { get; }

    internal Router Router { get; }

    internal InferenceHandler Inference { get; }

    internal TranslatedRequests Translated { get; }

    internal ResponsesHandler Responses { get; }

    /// <summary>Back when the routes hold all that the store has.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweep.Start();
        return _watcher.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Requests that come from now on, and those that wait for a replica, get 503 at once; those that have one go on. For whoever is going to stop
    /// replicas: nobody waits for what will not come. Stopping the host does it too, before the server waits for requests to end.
    /// </summary>
    public void Close() => Router.Stop();

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Close();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_watcher.StopAsync(), _sweep.StopAsync());

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _sweep.Dispose();
        _watcher.Dispose();
        _upstreams.Dispose();
        Metrics.Dispose();
    }
}
