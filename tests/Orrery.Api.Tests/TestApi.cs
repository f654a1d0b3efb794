using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Orrery.Api.Tls;
using Orrery.Platform.Access;
using Orrery.Platform.Audit;
using Orrery.Platform.Lines;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources;

namespace Orrery.Api.Tests;

/// <summary>The real server with TLS on a free port, over a real store in memory, and a client that trusts its authority.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    public const string AdminKey = "admin-key";
    public const string StrangerKey = "stranger-key";
    public const string Services = "/apis/orrery.dev/v1alpha1/namespaces/default/inferenceservices";

    private readonly TempFolder _folder;
    private readonly FaultLog _faults;

    private TestApi(TempFolder folder, FaultLog faults, ResourceStore store, ScriptedWorkloads workloads, ResourceApi api, ApiServer server, LocalAuthority authority)
    {
        _folder = folder;
        _faults = faults;
        Store = store;
        Workloads = workloads;
        Api = api;
        Server = server;
        Authority = authority;
        Client = NewClient(AdminKey);
    }

    public ResourceStore Store { get; }

    public ScriptedWorkloads Workloads { get; }

    public DemandMeter Demand => (DemandMeter)Api.Demand;

    public ResourceApi Api { get; }

    public ApiServer Server { get; }

    public LocalAuthority Authority { get; }

    public HttpClient Client { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<TestApi> StartAsync(Func<ApiOptions, ApiOptions>? configure = null, int history = ResourceStore.DefaultHistory, TimeProvider? time = null, LineLimits? auditLimits = null)
    {
        var folder = new TempFolder();
        var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System, history);
        await store.EnsureNamespaceAsync(Namespace.Default, Ct);
        var authority = LocalAuthority.Open(folder.File("pki"), [], TimeProvider.System);
        Directory.CreateDirectory(folder.File("logs"));
        var workloads = new ScriptedWorkloads();
        var demand = new DemandMeter(time ?? TimeProvider.System);
        var options = new ApiOptions { Listen = new Uri("https://127.0.0.1:0") };
        var api = new ResourceApi(store, workloads, Keys, configure?.Invoke(options) ?? options, time ?? TimeProvider.System)
        {
            Audit = AuditLog.Open(folder.File("logs"), auditLimits),
            Demand = demand,
            Machine = workloads.MachineUse,
        };
        var faults = new FaultLog();
        var server = await ApiServer.StartAsync(api, authority, logging => logging.AddProvider(faults), Ct);
        return new TestApi(folder, faults, store, workloads, api, server, authority);
    }

    /// <summary>Where the audit log lies.</summary>
    public string Logs => _folder.File("logs");

    /// <summary>One that the home's own authority signs.</summary>
    public X509Certificate2 NewCertificate(string user, DateTimeOffset now, params string[] groups)
    {
        using var ca = X509Certificate2.CreateFromPemFile(_folder.File("pki/ca.crt"), _folder.File("pki/ca.key"));
        return Certificates.NewClient(ca, user, groups, now);
    }

    public HttpClient NewClient(string? key, X509Certificate2? certificate = null)
    {
        var ca = X509Certificate2.CreateFromPem(Authority.CaCertificate);
        var handler = new SocketsHttpHandler();
        if (certificate is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { ca },
        };
        var client = new HttpClient(handler) { BaseAddress = Server.Address, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>The answer's code and its JSON body.</summary>
    public Task<(int Code, JsonObject Body)> SendAsync(string method, string path, string? body = null, string type = "application/json", string? accept = null)
        => SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), type, accept);

    public async Task<(int Code, JsonObject Body)> SendAsync(string method, string path, byte[]? body, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Client.SendAsync(request, Ct);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!.AsObject());
    }

    public async Task<Document> CreateAsync(string name, IReadOnlyDictionary<string, string>? labels = null)
        => (await Store.CreateAsync(Document.From(Service(name, labels)), Ct)).Stored();

    public static InferenceService Service(string name, IReadOnlyDictionary<string, string>? labels = null) => new()
    {
        Metadata = new Metadata { Name = name, Namespace = "default", Labels = labels },
        Spec = new InferenceServiceSpec { Model = new ModelReference { Name = "stories" } },
    };

    public static string Json(string name, string spec = """{"model":{"name":"stories"}}""")
        => $$"""{"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{"name":"{{name}}"},"spec":{{spec}}}""";

    /// <summary>Ends it all, and fails the test if the server logged a fault of its own meanwhile.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Store.DisposeAsync();
        Api.Audit.Dispose();
        Authority.Server.Dispose();
        _folder.Dispose();
        Assert.Empty(_faults.Lines);
    }

    private static Caller? Keys(string? key) => key switch
    {
        AdminKey => new Caller("admin", Roles.Admin),
        StrangerKey => new Caller("stranger", "nobody"),
        _ => null,
    };
}
