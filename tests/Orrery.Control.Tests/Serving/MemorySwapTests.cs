using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Residency;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Tests.Serving;

/// <summary>The controller, the board and a real store together: services of which not all have room.</summary>
public sealed class MemorySwapTests : IAsyncDisposable
{
    private const long GiB = 1L << 30;

    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);
    private readonly DemandMeter _demand = new(TimeProvider.System);
    private readonly PromptWorkloads _runtime = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _store.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_request_brings_its_model_in_for_one_that_is_idle_and_back_again()
    {
        await StartAsync(budget: 3 * GiB, Wants(0), "a", "b", "c");

        foreach (string asked in new[] { "a", "b", "c", "a", "b" })
        {
            using (_demand.Enter(Key(asked)))
                await Eventually.TrueAsync(() => _runtime.Running($"{asked}-engine") == 1, () => Seen(asked));
        }

        Assert.Equal(2, _runtime.Most);
        await Eventually.TrueAsync(() => Condition("c")?.Reason == "Evicted", () => Seen("c"));
        Assert.True(Service("c").Status!.Conditions.IsTrue("Ready"));
    }

    [Fact]
    public async Task One_that_waits_says_who_holds_the_memory_and_comes_when_that_is_idle()
    {
        await StartAsync(budget: 2 * GiB, Wants(0), "a", "b");
        var serves = _demand.Enter(Key("a"));
        await Eventually.TrueAsync(() => _runtime.Running("a-engine") == 1, () => Seen("a"));
        serves.Start();

        using var waits = _demand.Enter(Key("b"));
        await Eventually.TrueAsync(() => Condition("b")?.Reason == "WaitingForMemory", () => Seen("b"));
        Assert.Contains("default/a 1.25 GiB, serves", Condition("b")!.Message, StringComparison.Ordinal);
        Assert.Equal(1, _runtime.Running("a-engine"));

        serves.Dispose();
        await Eventually.TrueAsync(() => _runtime.Running("b-engine") == 1, () => Seen("b"));
        Assert.Equal(1, _runtime.Most);
    }

    [Fact]
    public async Task Of_services_that_always_want_a_replica_as_many_run_as_have_room_and_the_others_come_when_asked_for()
    {
        await StartAsync(budget: 3 * GiB, Wants(1), "a", "b", "c");
        await Eventually.TrueAsync(() => Names.Count(n => _runtime.Running($"{n}-engine") == 1) == 2, () => string.Join("; ", Names.Select(Seen)));
        string waiting = Names.Single(n => _runtime.Running($"{n}-engine") == 0);
        await Eventually.TrueAsync(() => Condition(waiting)?.Reason == "WaitingForMemory", () => Seen(waiting));

        using (_demand.Enter(Key(waiting)))
            await Eventually.TrueAsync(() => _runtime.Running($"{waiting}-engine") == 1, () => Seen(waiting));

        Assert.Equal(2, _runtime.Most);
    }

    [Fact]
    public async Task A_deleted_service_leaves_its_room_to_the_next()
    {
        await StartAsync(budget: 2 * GiB, new InferenceServiceSpec { Pinned = true, Engine = new ComponentSpec() }, "a");
        await Eventually.TrueAsync(() => _runtime.Running("a-engine") == 1, () => Seen("a"));
        await CreateAsync("b", Wants(1));
        await Eventually.TrueAsync(() => Condition("b")?.Reason == "WaitingForMemory", () => Seen("b"));

        await _store.DeleteAsync(Key("a"), Preconditions.None, Ct);

        await Eventually.TrueAsync(() => _runtime.Running("b-engine") == 1, () => Seen("b"));
    }

    private static readonly string[] Names = ["a", "b", "c"];

    private static InferenceServiceSpec Wants(int least) => new() { Engine = new ComponentSpec { MinReplicas = least } };

    private static ResourceKey Key(string name) => InferenceService.Kind.Key("default", name);

    private async Task StartAsync(long budget, InferenceServiceSpec spec, params string[] services)
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        var node = Document.From(new Node { Metadata = new Metadata { Name = "here" } });
        await _store.CreateAsync(node, Ct);
        node = (await _store.GetAsync(Node.Kind.Key("here"), Ct))!;
        await _store.UpdateStatusAsync(node.WithStatus(new NodeStatus { Allocatable = new Dictionary<string, string> { ["memory"] = "16Gi" } }, ResourceJson.Default.NodeStatus), Ct);
        await _store.CreateAsync(Document.From(new ClusterBaseModel { Metadata = new Metadata { Name = "m" }, Spec = new ModelSpec { Storage = new StorageSpec { StorageUri = "file:///m" } } }), Ct);
        var model = (await _store.GetAsync(ClusterBaseModel.Kind.Key("m"), Ct))!;
        await _store.UpdateStatusAsync(model.WithStatus(new ModelStatus { State = "Ready", Path = "/m", Format = "gguf", SizeBytes = GiB }, ResourceJson.Default.ModelStatus), Ct);
        await _store.CreateAsync(
            Document.From(new ClusterServingRuntime
            {
                Metadata = new Metadata { Name = "r" },
                Spec = new RuntimeSpec
                {
                    Process = new ProcessSpec { Command = ["orrery", "engine", "--port", "$(PORT)"] },
                    SupportedModelFormats = [new SupportedModelFormat { ModelFormat = new FormatSpec { Name = "gguf" }, AutoSelect = true }],
                },
            }),
            Ct);
        foreach (string name in services)
            await CreateAsync(name, spec);
        var board = new ResidencyBoard(_demand, TimeProvider.System, budget, new ResidencyOptions { MinResidence = TimeSpan.Zero });
        var controller = new InferenceServiceController(
            _store, _runtime, new WorkloadView(_runtime), _demand, new ScriptedProbe(), board, new EventRecorder(_store, "test", TimeProvider.System), TimeProvider.System);
        // One at a time, as `up` runs it.
        _loop = new ControllerLoop(controller, controller.Triggers(), TimeProvider.System, NullLogger<ControllerLoop>.Instance, workers: 1).RunAsync(_stop.Token);
    }

    private async Task CreateAsync(string name, InferenceServiceSpec spec)
        => (await _store.CreateAsync(
            Document.From(new InferenceService
            {
                Metadata = new Metadata { Name = name, Namespace = "default" }, Spec = spec with { Model = new ModelReference { Name = "m" } },
            }),
            Ct)).Stored();

    private InferenceService Service(string name) => _store.GetAsync<InferenceService>("default", name, Ct).GetAwaiter().GetResult()!;

    private Condition? Condition(string name) => Service(name).Status?.Conditions.Find("MemoryGranted");

    private string Seen(string name) => $"{name}: {string.Join("; ", (Service(name).Status?.Conditions ?? []).Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}"))}";
}
