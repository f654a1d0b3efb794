using Orrery.Control.Events;
using Orrery.Control.Models;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Tests.Models;

public sealed class ModelControllerTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly ResourceStore _store;
    private ModelInspection _found = new ModelInspection.Understood(new ModelStatus { Path = "/m.gguf", Format = "gguf", Architecture = "llama", Parameters = 260_000, ContextTokens = 512, Capabilities = ["EMBEDDING"] });

    public ModelControllerTests() => _store = new ResourceStore(new MemoryChangeLog(), _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task<ClusterBaseModel> ReconcileAsync()
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        await _store.CreateAsync(
            Document.From(new ClusterBaseModel
            {
                Metadata = new Metadata { Name = "m" },
                Spec = new ModelSpec { Storage = new StorageSpec { StorageUri = "file:///m.gguf" } },
            }),
            Ct);
        var controller = new ModelController(_store, new ScriptedAgent(), (_, _) => _found, new EventRecorder(_store, "test", _time), _time);
        await controller.ReconcileAsync(ClusterBaseModel.Kind.Key("m"), Ct);
        return (await _store.GetAsync<ClusterBaseModel>("", "m", Ct))!;
    }

    [Fact]
    public async Task An_understood_model_is_ready_and_shows_what_it_is()
    {
        var status = (await ReconcileAsync()).Status!;

        Assert.Equal(("Ready", "llama", 260_000L, 512), (status.State, status.Architecture, status.Parameters, status.ContextTokens));
        Assert.Equal(["EMBEDDING"], status.Capabilities);
        Assert.True(status.Conditions.IsTrue("Ready"));
        Assert.Equal(1, status.ObservedGeneration);
    }

    [Fact]
    public async Task A_broken_file_fails_with_its_message_in_condition_and_event_and_heals()
    {
        _found = new ModelInspection.Broken("/m.gguf", "/m.gguf: bad magic");
        var broken = (await ReconcileAsync()).Status!;
        var events = await _store.ListAsync<Event>(null, Ct);
        _found = new ModelInspection.Understood(new ModelStatus { Path = "/m.gguf" });
        var healed = (await ReconcileAsync()).Status!;

        Assert.Equal("/m.gguf: bad magic", broken.Conditions.Find("Ready")!.Message);
        Assert.Equal(("Warning", "InvalidModelFile"), (Assert.Single(events).Type, events[0].Reason));
        Assert.Equal("Ready", healed.State);
        Assert.Equal(2, (await _store.ListAsync<Event>(null, Ct)).Count);
    }

    [Fact]
    public async Task Looking_again_at_an_unchanged_model_writes_nothing()
    {
        await ReconcileAsync();
        string before = (await _store.ListAsync(ClusterBaseModel.Kind, null, Ct)).ResourceVersion;
        _time.Advance(TimeSpan.FromMinutes(5));

        await ReconcileAsync();

        Assert.Equal(before, (await _store.ListAsync(ClusterBaseModel.Kind, null, Ct)).ResourceVersion);
    }
}
