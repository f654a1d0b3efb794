using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orrery.Engine;
using Orrery.Replica.Draining;
using Orrery.Replica.Embeddings;
using Orrery.Wire.Http;

namespace Orrery.Replica;

/// <summary>
/// One model behind one socket.
/// <code>
///   client ──http──▶ Kestrel on a unix socket or loopback port ──▶ <see cref="ReplicaEndpoints"/> ──▶ ITextModel
///                                                              or <see cref="EmbeddingEndpoints"/> ──▶ IEmbeddingModel
/// </code>
/// Listens at once and answers 503 on /health until a first token has been computed, and again when it drains. The model belongs to the caller.
/// </summary>
public sealed class ReplicaHost : IAsyncDisposable
{
    // What still holds a connection when all has been said is cut off then.
    private static readonly TimeSpan CloseWithin = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _app;
    private readonly Drain _drain;
    private readonly TimeSpan _drainFor;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();

    private ReplicaHost(WebApplication app, Drain drain, TimeSpan drainFor, TimeProvider time, string address, WarmUp warmUp)
    {
        (_app, _drain, _drainFor, _time) = (app, drain, drainFor, time);
        Address = address;
        WarmedUp = warmUp.RunAsync(address, _stopping.Token);
    }

    /// <summary><c>unix:/path</c> or <c>http://127.0.0.1:port</c>.</summary>
    public string Address { get; }

    /// <summary>Ends when the first token has been computed; fails when the model cannot do that.</summary>
    public Task WarmedUp { get; }

    /// <exception cref="ArgumentException">The options have problems; the message lists them.</exception>
    /// <exception cref="IOException">The socket or port is in use.</exception>
    public static Task<ReplicaHost> StartAsync(ITextModel model, ReplicaOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken ct)
    {
        var warmUp = WarmUp.Of(model);
        return StartAsync((app, drain) => app.MapReplica(model, warmUp, drain, options, time, logs), warmUp, options, time, logs, ct);
    }

    /// <inheritdoc cref="StartAsync(ITextModel, ReplicaOptions, TimeProvider, ILoggerFactory, CancellationToken)"/>
    public static Task<ReplicaHost> StartAsync(IEmbeddingModel model, ReplicaOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken ct)
    {
        var warmUp = WarmUp.Of(model);
        return StartAsync((app, drain) => app.MapEmbeddings(model, warmUp, drain, options, time, logs), warmUp, options, time, logs, ct);
    }

    private static async Task<ReplicaHost> StartAsync(
        Action<WebApplication, Drain> map, WarmUp warmUp, ReplicaOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken ct)
    {
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        if (options.SocketPath is { } path)
            SocketFile.MakeRoom(path);

        var app = Build(options, logs);
        var drain = new Drain(options.RetryAfter);
        map(app, drain);
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            drain.Dispose();
            throw;
        }
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ReplicaHost(app, drain, options.DrainFor, time, options.SocketPath is null ? address : $"unix:{options.SocketPath}", warmUp);
    }

    /// <summary>Serves until cancelled, then drains.</summary>
    /// <exception cref="Exception">The model could not compute its first token: the replica would never be of use.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await WarmedUp.WaitAsync(ct);
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        await DisposeAsync();
    }

    /// <summary>
    /// Drains: requests that run may go on for <see cref="ReplicaOptions.DrainFor"/>, new ones get 503. Then answers that are not done end with an error, and the
    /// replica listens no more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _drain.RunAsync(_drainFor, _time);
        await _app.StopAsync();
        await _app.DisposeAsync();
        await WarmedUp.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stopping.Dispose();
        _drain.Dispose();
    }

    private static WebApplication Build(ReplicaOptions options, ILoggerFactory logs)
    {
        // Empty: no configuration files, no environment, no console. What is served is what the caller said.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.SocketPath is { } path)
                kestrel.ListenUnixSocket(path);
            else
                kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, PartOfProgram>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = CloseWithin);
        return builder.Build();
    }
}
