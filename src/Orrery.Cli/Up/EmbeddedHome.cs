using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orrery.Api;
using Orrery.Api.Tls;
using Orrery.Cli.Client;
using Orrery.Cli.Telemetry;
using Orrery.Control.Accelerators;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Residency;
using Orrery.Gateway;
using Orrery.Gateway.Telemetry;
using Orrery.Local.Home;
using Orrery.Local.Logging;
using Orrery.Local.Machine;
using Orrery.Local.Store;
using Orrery.Local.Workloads;
using Orrery.Platform.Audit;
using Orrery.Platform.Database;
using Orrery.Platform.Keys;
using Orrery.Platform.Responses;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Cli.Up;

/// <summary>
/// The composition root of the embedded home: every part is made here, by hand, from the bottom up, and ended in reverse.
/// <code>
///   home folder, lock ─▶ stores ─▶ keys ─▶ seed ─▶ workload runtime, model agent ─▶ gateway (http) ─▶ controllers ─▶ API (https)
/// </code>
/// </summary>
internal sealed class EmbeddedHome : IAsyncDisposable
{
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly UpOptions _options;
    private readonly HomeFolder _folder;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Stack<Func<ValueTask>> _ending = new();
    private FileLoggerProvider? _log;
    private OtlpExport? _otlp;
    private Task _controllers = Task.CompletedTask;

    private EmbeddedHome(UpOptions options, HomeFolder folder)
    {
        _options = options;
        _folder = folder;
    }

    private ResourceStore Store { get; set; } = null!;

    private RunningHome Running { get; set; } = null!;

    private string Model { get; set; } = "";

    private string AdminKeyFile => Path.Combine(_folder.Path, "admin.key");

    private string KubeconfigFile => Path.Combine(_folder.Path, "kubeconfig");

    private string RunningFile => Path.Combine(_folder.Run, "up.json");

    /// <exception cref="CliException">Anything that keeps it from starting, in one line.</exception>
    public static async Task<EmbeddedHome> StartAsync(UpOptions options, UpReport report, CancellationToken ct)
    {
        if (ModelFiles.Problem(options.Model ?? Seed.DemoModelPath) is { } problem)
            throw new CliException(problem);
        try
        {
            var home = new EmbeddedHome(options, HomeFolder.Open(options.Home));
            try
            {
                await home.StartAsync(report, ct);
                return home;
            }
            catch
            {
                await home.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is HomeFolderException or UnusableDatabaseException or UnusableAuthorityException or InvalidGatewayOptionsException
            or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    private async Task StartAsync(UpReport report, CancellationToken ct)
    {
        // :: Home
        var homeLock = HomeLock.TryAcquire(_folder) switch
        {
            HomeLockOutcome.Acquired acquired => acquired.Lock,
            HomeLockOutcome.HeldBy held => throw new CliException(
                $"Another orrery up{(held.Pid is { } pid ? $" (pid {pid})" : "")} uses the home {_folder.Path}. Stop it, or choose another home with --home."),
            _ => throw new InvalidOperationException("A lock is acquired or held."),
        };
        AtEnd(homeLock.Dispose);
        // Left behind by an up that was killed.
        File.Delete(RunningFile);
        var settings = HomeSettings.Load(_folder.Config, Environment.GetEnvironmentVariables());
        _log = new FileLoggerProvider(Path.Combine(_folder.Logs, "up.log"), _time);
        AtEnd(_log.Dispose);
        settings.Telemetry.HandDown();
        _otlp = OtlpExport.Start(settings.Telemetry, "orrery");
        AtEnd(() => _otlp?.Dispose());
        var logs = LoggerFactory.Create(Logging);
        AtEnd(logs.Dispose);

        // :: Stores and keys
        Store = new ResourceStore(new SqliteChangeLog(_folder.ResourcesDatabase, logs.CreateLogger<SqliteChangeLog>()), _time);
        AtEnd(Store.DisposeAsync);
        var platform = await PlatformDatabase.OpenAsync(() => SqliteConnections.Open(_folder.PlatformDatabase), ct);
        var keys = await KeyRing.OpenAsync(platform, ct);
        await AdminKey.EnsureAsync(AdminKeyFile, keys, _time, ct);
        Model = await Seed.PlantAsync(Store, _options.Model, ct);

        // :: What runs
        var node = new NodeWriter(Store, _folder, _time, logs.CreateLogger<NodeWriter>(), settings.Containers.Options());
        AtEnd(node.Dispose);
        await node.WriteAsync(ct);
        var demand = new DemandMeter(_time);
        var runtime = await ProcessRuntime.StartAsync(
            new ProcessRuntimeOptions
            {
                Home = _folder,
                Orrery = ThisProgram.Command,
                NodeName = NodeWriter.NodeName,
                MaxDrain = settings.Serving.MaxDrain,
                InFlightAt = demand.InFlightAt,
                Containers = settings.Containers.Options(),
                AcceleratorsOfClass = (name, stop) => ClassMembers.OfAsync(Store, name, stop),
            }, Store, _time, logs.CreateLogger<ProcessRuntime>(), ct);
        AtEnd(runtime.DisposeAsync);
        var residency = new ResidencyBoard(demand, _time, await settings.Serving.BudgetBytesAsync(Store, ct));
        var usage = new UsageWatch(runtime.UsageAsync, residency, _time, logs.CreateLogger<UsageWatch>());
        var agent = new ModelAgent.ModelAgent(
            settings.Models, _folder.Models, (ns, name, stop) => SecretValues.ReadAsync(Store, ns, name, stop), _time, logs.CreateLogger<ModelAgent.ModelAgent>());
        AtEnd(agent.DisposeAsync);

        // :: Gateway, before the controllers: they write its address into what they control
        var accessLog = settings.Gateway.AccessLog ? AccessLog.Open(_folder.Logs, logs.CreateLogger<AccessLog>()) : null;
        AtEnd(() => accessLog?.DisposeAsync() ?? ValueTask.CompletedTask);
        var door = new FrontDoor(settings.Gateway, Store, keys.Find, new StoredResponses(platform), demand, _time, logs) { AccessLog = accessLog };
        var gateway = await GatewayServer.StartAsync(door, settings.Gateway, _options.Listen, Logging, ct);
        AtEnd(gateway.DisposeAsync);

        // :: Controllers
        var external = new HttpExternalProbe((ns, name, stop) => SecretValues.ReadAsync(Store, ns, name, stop), door.Trust);
        AtEnd(external.Dispose);
        AtEnd(StopControllersAsync);
        var pruning = new EventPruning(new EventRecorder(Store, "up", _time), _time, logs.CreateLogger<EventPruning>());
        var controllers = new HomeControllers(Store, runtime, agent, demand, residency, external, gateway.Address, _time);
        _controllers = Task.WhenAll(controllers.Loops(logs.CreateLogger<ControllerLoop>()).Select(c => Task.Run(() => c.RunAsync(_stopping.Token), CancellationToken.None))
            .Append(node.RefreshAsync(_stopping.Token)).Append(pruning.RunAsync(_stopping.Token)).Append(agent.RunAsync(_stopping.Token)).Append(usage.RunAsync(_stopping.Token)));

        // :: API
        var api = await StartApiAsync(runtime, demand, keys, ct);

        Running = RunningHome.OfThisProcess(gateway.Address, api.Address);
        Running.Write(RunningFile);
        AtEnd(() => File.Delete(RunningFile));
        // The first thing at the end: the doors are open still, so answers that run reach whoever asked.
        AtEnd(() => DrainAsync(gateway, runtime));
        report.Started(Running.Gateway, Running.Api, AdminKeyFile, KubeconfigFile);
    }

    /// <summary>Tells how the services come up, then serves until cancelled.</summary>
    public async Task RunAsync(UpReport report, CancellationToken ct)
    {
        try
        {
            await foreach (var _ in Store.FollowAsync(InferenceService.Kind, ns: null, ct))
            {
                var services = await Store.ListAsync<InferenceService>(null, ct);
                if (report.Services(services, Running.Gateway, AdminKeyFile, preferred: Model, embeds: _options.Model is { } path && ModelFiles.IsForEmbeddings(path)))
                    break;
            }
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            report.Progress("Stopping …");
        }
    }

    /// <summary>Ends every part, also when one of them fails at it; then tells of the first failure.</summary>
    public async ValueTask DisposeAsync()
    {
        Exception? first = null;
        while (_ending.TryPop(out var end))
        {
            try
            {
                await end();
            }
            catch (Exception e)
            {
                first ??= e;
            }
        }
        _stopping.Dispose();
        if (first is not null)
            throw new CliException($"Not everything could be ended well: {first.Message} The log is in {_folder.Logs}.");
    }

    private async Task<ApiServer> StartApiAsync(ProcessRuntime runtime, DemandMeter demand, KeyRing keys, CancellationToken ct)
    {
        var listen = _options.ListenApi ?? UpOptions.DefaultListenApi;
        var options = new ApiOptions { Listen = listen, FreePortIfTaken = _options.ListenApi is null };
        var authority = LocalAuthority.Open(_folder.Pki, [listen.Host.Trim('[', ']')], _time);
        var audit = AuditLog.Open(_folder.Logs);
        AtEnd(audit.Dispose);
        ApiServer api;
        try
        {
            api = await ApiServer.StartAsync(
                new ResourceApi(Store, runtime, keys.Find, options, _time) { Audit = audit, Demand = demand, Machine = () => MachineMeter.Read(NodeWriter.NodeName) },
                authority, Logging, ct);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            string why = e.InnerException is AddressInUseException ? "is in use by another program." : $"cannot be listened on: {e.Message}";
            throw new CliException($"{listen.GetLeftPart(UriPartial.Authority)} {why} Choose another address with --listen-api.");
        }
        AtEnd(api.DisposeAsync);
        Kubeconfig.Write(KubeconfigFile, api.Address, authority);
        return api;
    }

    private void Logging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddProvider(_log!);
        if (_otlp is not null)
            logging.AddProvider(_otlp.Logs);
    }

    private async ValueTask StopControllersAsync()
    {
        await _stopping.CancelAsync();
        await _controllers;
    }

    /// <summary>Begins nothing new and lets answers finish, each replica within its own time; a second signal ends the waiting.</summary>
    private async ValueTask DrainAsync(GatewayServer gateway, ProcessRuntime runtime)
    {
        gateway.Close();
        // Controllers would start again what drains.
        await StopControllersAsync();
        using var atOnce = new CancellationTokenSource();
        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            atOnce.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await runtime.DrainAsync(atOnce.Token);
    }

    private void AtEnd(Func<ValueTask> end) => _ending.Push(end);

    private void AtEnd(Action end) => _ending.Push(() =>
    {
        end();
        return ValueTask.CompletedTask;
    });
}
