using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Orrery.Control.Events;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>The controller over a real store: what it does, and what wakes it.</summary>
public sealed class ServiceControllerTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly ResourceStore _store;
    private readonly ScriptedRuntime _runtime = new();
    private readonly ScriptedProbe _probe = new();
    private readonly InferenceServiceController _controller;

    public ServiceControllerTests()
    {
        _store = new ResourceStore(new MemoryChangeLog(), _time);
        _controller = new InferenceServiceController(
            _store, _runtime, new WorkloadView(_runtime), new DemandMeter(_time), _probe, null, new EventRecorder(_store, "test", _time), _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static ResourceKey Key(string name) => InferenceService.Kind.Key("default", name);

    private async Task CreateAsync<T>(T resource)
        where T : Resource, IResource<T>
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        (await _store.CreateAsync(Document.From(resource), Ct)).Stored();
    }

    private async Task ChangeAsync(ResourceKey key, string json, bool status = false)
        => (await _store.MergePatchAsync(key, JsonNode.Parse(json)!.AsObject(), status, Ct)).Stored();

    private Task CreateServiceAsync(string name, InferenceServiceSpec spec) => CreateAsync(new InferenceService { Metadata = new Metadata { Name = name, Namespace = "default" }, Spec = spec });

    private async Task<InferenceService> ReconcileAsync(string name)
    {
        await _controller.ReconcileAsync(Key(name), Ct);
        return (await _store.GetAsync<InferenceService>("default", name, Ct))!;
    }

    /// <summary>Two services: one that uses everything named <c>…1</c> and is told which runtime, one that names other objects.</summary>
    private async Task PlantAsync()
    {
        foreach (int n in new[] { 1, 2 })
        {
            await CreateAsync(new BaseModel { Metadata = new Metadata { Name = $"m{n}", Namespace = "default" }, Spec = new ModelSpec { Storage = new StorageSpec { StorageUri = "file:///m" } } });
            await ChangeAsync(BaseModel.Kind.Key("default", $"m{n}"), """{"status": {"state": "Ready", "path": "/m", "format": "gguf"}}""", status: true);
            await CreateAsync(new ServingRuntime { Metadata = new Metadata { Name = $"r{n}", Namespace = "default" }, Spec = Seen.Runtime with { Process = Seen.Process with { WeightArgs = ["$(WEIGHT_PATH)"] } } });
            await CreateAsync(new Secret { Metadata = new Metadata { Name = $"k{n}", Namespace = "default" }, StringData = new Dictionary<string, string> { ["k"] = "v" } });
            await CreateAsync(new FineTunedWeight
            {
                Metadata = new Metadata { Name = $"w{n}", Namespace = "default" },
                Spec = new FineTunedWeightSpec { BaseModelRef = new BaseModelReference { Name = $"m{n}" }, Storage = new StorageSpec { StorageUri = "file:///w" } },
            });
            var process = Seen.Process with
            {
                WeightArgs = ["$(WEIGHT_PATH)"], Env = [new EnvVar { Name = "K", ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeyReference { Name = $"k{n}", Key = "k" } } }],
            };
            await CreateServiceAsync($"s{n}", new InferenceServiceSpec
            {
                Model = new ModelReference { Name = $"m{n}", FineTunedWeights = [$"w{n}"] }, Runtime = new RuntimeReference { Name = $"r{n}" }, Engine = new ComponentSpec { Process = process },
            });
            await ReconcileAsync($"s{n}");
        }
    }

    /// <summary>Keys that a trigger yields from now on.</summary>
    private async Task<Followed> FollowAsync(string trigger)
    {
        var followed = new Followed();
        foreach (var one in _controller.Triggers().Where(t => t.Name == trigger))
            followed.Add(one.Keys(followed.Stop.Token));
        await Task.Yield();
        return followed;
    }

    private sealed class Followed : IAsyncDisposable
    {
        private readonly List<Task> _reading = [];

        public CancellationTokenSource Stop { get; } = new();

        public ConcurrentQueue<string> Keys { get; } = new();

        public void Add(IAsyncEnumerable<ResourceKey> keys) => _reading.Add(Task.Run(async () =>
        {
            try
            {
                await foreach (var key in keys)
                    Keys.Enqueue(key.Name);
            }
            catch (OperationCanceledException)
            {
                // The end of the test.
            }
        }));

        public async Task<List<string>> NextAsync(int count)
        {
            await Eventually.TrueAsync(() => Keys.Count >= count, () => $"{count} keys");
            List<string> taken = [.. Keys];
            Keys.Clear();
            return taken;
        }

        public async ValueTask DisposeAsync()
        {
            await Stop.CancelAsync();
            await Task.WhenAll(_reading);
            Stop.Dispose();
        }
    }

    public static TheoryData<string, string, string> Needed => new()
    {
        { "basemodels", "m1", """{"spec": {"disabled": true}}""" },
        { "servingruntimes", "r1", """{"spec": {"disabled": true}}""" },
        { "secrets", "k1", """{"data": {"k": "eA=="}}""" },
        { "finetunedweights", "w1", """{"spec": {"disabled": true}}""" },
    };

    [Theory]
    [MemberData(nameof(Needed))]
    public async Task A_change_wakes_the_services_that_look_at_the_object_and_no_other(string plural, string name, string change)
    {
        await PlantAsync();
        var kind = Kinds.All.Single(k => k.Plural == plural);
        await using var followed = await FollowAsync(plural);
        Assert.Equal(["s1", "s2"], (await followed.NextAsync(2)).Order());

        await ChangeAsync(kind.Key("default", name), change);
        Assert.Equal(["s1"], await followed.NextAsync(1));
        await _store.DeleteAsync(kind.Key("default", name), Preconditions.None, Ct);
        Assert.Equal(["s1"], await followed.NextAsync(1));
    }

    [Fact]
    public async Task An_object_that_is_made_after_the_service_wakes_it_too()
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        await CreateServiceAsync("s1", new InferenceServiceSpec { Model = new ModelReference { Name = "late" } });
        await ReconcileAsync("s1");
        await using var followed = await FollowAsync("clusterbasemodels");

        await CreateAsync(new ClusterBaseModel { Metadata = new Metadata { Name = "late" }, Spec = new ModelSpec { Storage = new StorageSpec { StorageUri = "file:///m" } } });

        Assert.Equal(["s1"], await followed.NextAsync(1));
    }

    [Fact]
    public async Task A_service_without_a_named_runtime_hears_of_every_runtime_and_one_that_names_it_of_its_line()
    {
        await PlantAsync();
        await CreateServiceAsync("any", new InferenceServiceSpec { Model = new ModelReference { Name = "m1" } });
        await ChangeAsync(ServingRuntime.Kind.Key("default", "r1"), """{"spec": {"inheritsFrom": "base"}}""");
        await ReconcileAsync("any");
        await ReconcileAsync("s1");
        await using var followed = await FollowAsync("clusterservingruntimes");

        await CreateAsync(new ClusterServingRuntime { Metadata = new Metadata { Name = "base" }, Spec = Seen.Runtime });
        Assert.Equal(["any", "s1"], (await followed.NextAsync(2)).Order());
        await CreateAsync(new ClusterServingRuntime { Metadata = new Metadata { Name = "other" }, Spec = Seen.Runtime });
        Assert.Equal(["any"], await followed.NextAsync(1));
    }

    [Fact]
    public async Task A_heartbeat_of_a_node_wakes_nobody_and_what_it_has_wakes_all_that_run_here()
    {
        await PlantAsync();
        await CreateServiceAsync("far", new InferenceServiceSpec { External = new ExternalEndpoint { Url = "https://api.example.com/v1" } });
        await ReconcileAsync("far");
        await CreateAsync(new Node { Metadata = new Metadata { Name = "n" }, Status = new NodeStatus() });
        await using var followed = await FollowAsync("nodes");
        await followed.NextAsync(2);

        await ChangeAsync(Node.Kind.Key("n"), """{"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:00:00Z"}]}}""", status: true);
        await ChangeAsync(Node.Kind.Key("n"), """{"status": {"allocatable": {"memory": "8Gi"}}}""", status: true);
        await ChangeAsync(Node.Kind.Key("n"), """{"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:00:10Z"}]}}""", status: true);
        await ChangeAsync(Node.Kind.Key("n"), """{"status": {"allocatable": {"memory": "9Gi"}}}""", status: true);

        Assert.Equal(["s1", "s1", "s2", "s2"], (await followed.NextAsync(4)).Order());
    }

    [Fact]
    public async Task Bytes_of_a_model_on_its_way_wake_nobody_and_its_arrival_does()
    {
        await PlantAsync();
        var key = BaseModel.Kind.Key("default", "m1");
        await ChangeAsync(key, """{"status": {"state": "In_Transit", "path": null}}""", status: true);
        await using var followed = await FollowAsync("basemodels");
        await followed.NextAsync(2);

        foreach (int bytes in new[] { 1, 2, 3 })
            await ChangeAsync(key, $"{{\"status\": {{\"download\": {{\"completedBytes\": {bytes}}}}}}}", status: true);
        await ChangeAsync(key, """{"status": {"state": "Ready", "path": "/m"}}""", status: true);
        await ChangeAsync(key, """{"status": {"state": "Ready", "path": "/n"}}""", status: true);

        Assert.Equal(["s1", "s1"], await followed.NextAsync(2));
    }

    [Fact]
    public async Task An_accelerator_class_wakes_all_when_it_changes_and_those_that_wait_when_some_come_free()
    {
        await PlantAsync();
        await CreateAsync(new Node { Metadata = new Metadata { Name = "n" }, Status = new NodeStatus() });
        await CreateServiceAsync("waits", new InferenceServiceSpec
        {
            Model = new ModelReference { Name = "m1" }, Runtime = new RuntimeReference { Name = "r1" }, AcceleratorSelector = new AcceleratorSelector { AcceleratorClass = "h100" },
        });
        Assert.Equal("NoAccelerator", (await ReconcileAsync("waits")).Status!.Conditions.Find("ModelFits")!.Reason);
        await CreateAsync(new AcceleratorClass { Metadata = new Metadata { Name = "h100" } });
        await using var followed = await FollowAsync("acceleratorclasses");
        await followed.NextAsync(4);

        await ChangeAsync(AcceleratorClass.Kind.Key("h100"), """{"status": {"availableAccelerators": 1}}""", status: true);
        Assert.Equal(["waits"], await followed.NextAsync(1));
        await ChangeAsync(AcceleratorClass.Kind.Key("h100"), """{"spec": {"vendor": "nvidia"}}""");
        Assert.Equal(["s1", "s2", "waits", "waits"], (await followed.NextAsync(4)).Order());
    }

    [Fact]
    public async Task Its_own_status_wakes_nobody_and_one_that_somebody_else_wrote_does()
    {
        await CreateServiceAsync("s1", Seen.Spec);
        await CreateServiceAsync("s2", Seen.Spec);
        await ReconcileAsync("s1");
        await using var followed = await FollowAsync("inferenceservices");
        Assert.Equal(["s2"], await followed.NextAsync(1));

        await ChangeAsync(Key("s1"), """{"status": null}""", status: true);
        Assert.Equal(["s1"], await followed.NextAsync(1));
        await _store.DeleteAsync(Key("s1"), Preconditions.None, Ct);
        Assert.Equal(["s1"], await followed.NextAsync(1));
    }

    [Fact]
    public async Task Workloads_are_applied_refused_ones_told_and_all_go_with_the_service()
    {
        await PlantAsync();
        await ChangeAsync(FineTunedWeight.Kind.Key("default", "w1"), """{"status": {"state": "Ready", "path": "/w"}}""", status: true);
        var served = await ReconcileAsync("s1");
        _runtime.Refuses["engine"] = "not here";
        var refused = await ReconcileAsync("s1");
        await _store.DeleteAsync(Key("s1"), Preconditions.None, Ct);
        await _controller.ReconcileAsync(Key("s1"), Ct);

        Assert.Equal("Starting", served.Status!.Conditions.Find("Ready")!.Reason);
        Assert.True(served.Status.Conditions.IsTrue("WeightsReady"));
        Assert.Equal(("WorkloadRefused", "EngineReady: not here"), (refused.Status!.Conditions.Find("Ready")!.Reason, refused.Status.Conditions.Find("Ready")!.Message));
        Assert.Equal(["s1-canary", "s1-decoder", "s1-engine", "s1-router"], _runtime.Deleted.Select(k => k.Name).Order());
        Assert.Empty(_runtime.Applied);
    }

    [Fact]
    public async Task What_has_served_so_far_is_looked_for_when_it_runs_beside_a_canary()
    {
        await PlantAsync();
        await CreateServiceAsync("tried", new InferenceServiceSpec { Model = new ModelReference { Name = "m1" }, Runtime = new RuntimeReference { Name = "r1" } });
        await ReconcileAsync("tried");
        var workload = _runtime.Applied[new WorkloadKey("default", "tried-engine")];
        await using var followed = await FollowAsync("workloads");
        _runtime.Tell(Seen.Ready(workload, "unix:/x"));
        await followed.NextAsync(1);
        Assert.True((await ReconcileAsync("tried")).Status!.Conditions.IsTrue("RolledOut"));
        await ChangeAsync(BaseModel.Kind.Key("default", "m1"), """{"status": {"path": "/n"}}""", status: true);
        await ChangeAsync(Key("tried"), """{"spec": {"engine": {"canaryTrafficPercent": 10}}}""");

        Assert.Equal("Canary", (await ReconcileAsync("tried")).Status!.Conditions.Find("RolledOut")!.Reason);
        _runtime.Gone.Add("/m");
        Assert.Equal("ModelFilesGone", (await ReconcileAsync("tried")).Status!.Conditions.Find("RolledOut")!.Reason);
        Assert.Equal(1, _runtime.Applied[workload.Key].Replicas);
    }

    [Fact]
    public async Task Looking_again_at_an_unchanged_service_writes_nothing()
    {
        await PlantAsync();
        await ReconcileAsync("s1");
        string before = (await _store.GetAsync(Key("s1"), Ct))!.ToJson().ToJsonString();
        _time.Advance(TimeSpan.FromMinutes(5));

        await ReconcileAsync("s1");

        Assert.Equal(before, (await _store.GetAsync(Key("s1"), Ct))!.ToJson().ToJsonString());
    }

    [Fact]
    public async Task A_thousand_servers_elsewhere_settle_and_asking_them_again_writes_nothing()
    {
        const int Count = 1000;
        for (int i = 0; i < Count; i++)
            await CreateServiceAsync($"far{i}", new InferenceServiceSpec { External = new ExternalEndpoint { Url = $"https://api.example.com/{i}" } });
        for (int i = 0; i < Count; i++)
            await _controller.ReconcileAsync(Key($"far{i}"), Ct);
        await using var followed = await FollowAsync("external");

        foreach (string name in await followed.NextAsync(Count))
            await _controller.ReconcileAsync(Key(name), Ct);

        var services = await _store.ListAsync<InferenceService>(null, Ct);
        Assert.All(services, s => Assert.True(s.Status!.Conditions.IsTrue("Ready")));
        Assert.InRange(_probe.MostAtOnce, 1, 32);
        string before = (await _store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;
        _time.Advance(TimeSpan.FromSeconds(66));
        await Eventually.TrueAsync(() => _probe.Asked.Count == 2 * Count, () => "each is asked again");
        Assert.Empty(followed.Keys);
        Assert.Equal(before, (await _store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion);
    }
}
