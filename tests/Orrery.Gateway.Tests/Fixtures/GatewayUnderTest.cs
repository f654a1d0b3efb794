using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Gateway.Telemetry;
using Orrery.Platform.Access;
using Orrery.Platform.Database;
using Orrery.Platform.Keys;
using Orrery.Platform.Responses;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;
using Orrery.Wire.Sse;

namespace Orrery.Gateway.Tests.Fixtures;

/// <summary>A real gateway on a free port, over a real store in memory and a real key ring in a file.</summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);
    private WebApplication? _app;

    private GatewayUnderTest()
    {
    }

    public DemandMeter Demand { get; } = new(TimeProvider.System);

    /// <summary>Sends the admin key.</summary>
    public HttpClient Client { get; private set; } = new();

    public string AdminKey { get; private set; } = "";

    /// <summary>Another admin's.</summary>
    public string SecondKey { get; private set; } = "";

    /// <summary>A key whose role may nothing.</summary>
    public string GuestKey { get; private set; } = "";

    /// <summary>Those that the gateway stores to.</summary>
    public StoredResponses Responses { get; private set; } = null!;

    public IReadOnlyList<Microsoft.AspNetCore.Http.Endpoint> Endpoints => _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="before">Called before the gateway starts.</param>
    public static async Task<GatewayUnderTest> StartAsync(
        GatewayOptions? options = null, ILoggerFactory? logs = null, Func<StoredResponses, Task>? before = null, AccessLog? accessLog = null)
    {
        var gateway = new GatewayUnderTest();
        await gateway._store.EnsureNamespaceAsync("default", Ct);
        await gateway._store.EnsureNamespaceAsync("team", Ct);

        SQLitePCL.Batteries_V2.Init();
        var platform = await PlatformDatabase.OpenAsync(gateway.Database, Ct);
        var keys = await KeyRing.OpenAsync(platform, Ct);
        gateway.Responses = new StoredResponses(platform);
        await (before?.Invoke(gateway.Responses) ?? Task.CompletedTask);
        gateway.AdminKey = await keys.IssueAsync("admin", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);
        gateway.SecondKey = await keys.IssueAsync("second", Roles.Admin, DateTimeOffset.UnixEpoch, Ct);
        gateway.GuestKey = await keys.IssueAsync("guest", "guest", DateTimeOffset.UnixEpoch, Ct);

        var door = new FrontDoor(options ?? new GatewayOptions(), gateway._store, keys.Find, gateway.Responses, gateway.Demand, TimeProvider.System, logs ?? NullLoggerFactory.Instance)
        {
            AccessLog = accessLog,
        };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddHostedService(_ => door);
        gateway._app = builder.Build();
        gateway._app.MapGateway(door);
        await gateway._app.StartAsync(Ct);

        gateway.Client = gateway.NewClient(gateway.AdminKey);
        return gateway;
    }

    public HttpClient NewClient(string? key)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app!.Urls.First()) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A closed connection to the gateway's own database.</summary>
    public SqliteConnection Database() => new($"Data Source={_folder.File("keys.db")};Pooling=False");

    public Task AddServiceAsync(string name, string ns = "default")
        => AddServiceAsync(name, new InferenceServiceSpec { Model = new ModelReference { Name = "m" } }, ns);

    public async Task AddServiceAsync(string name, InferenceServiceSpec spec, string ns = "default")
        => (await _store.CreateAsync(Document.From(new InferenceService { Metadata = new Metadata { Name = name, Namespace = ns }, Spec = spec }), Ct)).Stored();

    /// <summary>Creates a Secret with one value, or gives it another.</summary>
    public async Task SetSecretAsync(string name, string key, string value)
    {
        var document = Document.From(new Secret
        {
            Metadata = new Metadata { Name = name, Namespace = "default" }, StringData = new Dictionary<string, string> { [key] = value },
        });
        if (await _store.GetAsync(document.Key, Ct) is { } before)
            (await _store.UpdateAsync(document.Edit(json => json["metadata"]!["resourceVersion"] = before.Metadata.ResourceVersion), Ct)).Stored();
        else
            (await _store.CreateAsync(document, Ct)).Stored();
    }

    public async Task RemoveServiceAsync(string name)
        => (await _store.DeleteAsync(InferenceService.Kind.Key("default", name), Preconditions.None, Ct)).Stored();

    /// <summary>Gives a service a condition, as its controller would.</summary>
    public Task BlockAsync(string name, string reason, string message)
        => SetStatusAsync(name, new InferenceServiceStatus { Conditions = [Conditions.False(ServiceConditions.ModelResolved, reason, message)] });

    /// <summary>Gives a service this status, for its present generation.</summary>
    public async Task SetStatusAsync(string name, InferenceServiceStatus status)
    {
        var service = (await _store.GetAsync(InferenceService.Kind.Key("default", name), Ct))!;
        var observed = status with { ObservedGeneration = service.Metadata.Generation };
        (await _store.UpdateStatusAsync(service.WithStatus(observed, ResourceJson.Default.InferenceServiceStatus), Ct)).Stored();
    }

    /// <summary>A service with one slice of these replicas.</summary>
    public async Task ServeAsync(string name, params IReplica[] replicas)
    {
        await AddServiceAsync(name);
        await SetReplicasAsync(name, "default", replicas);
    }

    public Task SetReplicasAsync(string service, params IReplica[] replicas) => SetReplicasAsync(service, "default", replicas);

    public async Task SetReplicasAsync(string service, string ns, params IReplica[] replicas)
    {
        for (int i = 0; i < replicas.Length; i++)
            await SetSliceAsync($"{service}-{i}", service, ns, replicas[i], ready: true);
    }

    /// <summary>Creates the slice of one replica, or writes it again, which makes a new version.</summary>
    /// <param name="part">Of the service: whose replica it is.</param>
    public async Task SetSliceAsync(string slice, string service, string ns, IReplica replica, bool ready, string part = ServingNames.EngineComponent)
    {
        var document = Document.From(new EndpointSlice
        {
            Metadata = new Metadata
            {
                Name = slice,
                Namespace = ns,
                Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = ServingNames.Workload(service, part) },
                Annotations = new Dictionary<string, string> { ["test/write"] = Guid.NewGuid().ToString() },
            },
            AddressType = replica.AddressType,
            Endpoints = [new Endpoint { Addresses = [replica.Address], Conditions = new EndpointConditions { Ready = ready } }],
            Ports = replica.Port is { } port ? [new EndpointPort { Port = port }] : null,
        });
        if (await _store.GetAsync(document.Key, Ct) is { } before)
            (await _store.UpdateAsync(document.Edit(json => json["metadata"]!["resourceVersion"] = before.Metadata.ResourceVersion), Ct)).Stored();
        else
            (await _store.CreateAsync(document, Ct)).Stored();
    }

    /// <summary>The route watcher runs behind the store; this waits until it has caught up.</summary>
    public Task SeesModelAsync(string id, bool ready) => Eventually.SeesAsync(
        async () =>
        {
            using var response = await Client.GetAsync($"/v1/models/{id}", Ct);
            return response.IsSuccessStatusCode && (bool)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["ready"]! == ready ? "yes" : null;
        },
        () => $"model {id} was never ready={ready}");

    /// <summary>Waits until everything written so far is in the table: services and slices come in order, so the last of each says it for all.</summary>
    public async Task SettledAsync(IReplica any)
    {
        string marker = $"settled-{Guid.NewGuid():N}";
        await ServeAsync(marker, any);
        await SeesModelAsync(marker, ready: true);
    }

    public Task WaitsAsync(string service, int waiting) => Eventually.TrueAsync(
        () => DemandOf(service).Waiting == waiting, () => $"{DemandOf(service)}, wanted {waiting} waiting");

    public AnswerCounts AnswersOf(string workload) => Demand.Answers(new WorkloadKey("default", workload));

    /// <summary>Requests that a replica works on, as those know who end it.</summary>
    public int InFlightAt(IReplica replica) => Demand.InFlightAt(replica.Port is { } port ? $"{replica.Address}:{port}" : $"unix:{replica.Address}");

    public ServiceDemand DemandOf(string service) => Demand.Read(InferenceService.Kind.Key("default", service));

    public Task<HttpResponseMessage> AskAsync(string json, CancellationToken? ct = null) => AskAsync("/v1/completions", Encoding.UTF8.GetBytes(json), ct);

    public Task<HttpResponseMessage> AskAsync(string path, byte[] body, CancellationToken? ct = null)
        => Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) }, HttpCompletionOption.ResponseHeadersRead, ct ?? Ct);

    public async Task<string> TextAsync(string json)
    {
        using var response = await AskAsync(json);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    /// <param name="seen">Called with each event as it arrives.</param>
    public async Task<List<string>> EventsAsync(string json, Action<string>? seen = null)
    {
        using var response = await AskAsync(json);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = new List<string>();
        await foreach (var e in SseReader.ReadAsync(await response.Content.ReadAsStreamAsync(Ct), Ct))
        {
            events.Add(e.Data);
            seen?.Invoke(e.Data);
        }
        return events;
    }

    public static async Task<JsonNode> ErrorAsync(HttpResponseMessage response)
        => JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!;

    public static string Code(string eventData) => (string)JsonNode.Parse(eventData)!["error"]!["code"]!;

    public void Close() => _app!.Services.GetServices<IHostedService>().OfType<FrontDoor>().Single().Close();

    public Task StopAsync() => _app!.StopAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app!.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
