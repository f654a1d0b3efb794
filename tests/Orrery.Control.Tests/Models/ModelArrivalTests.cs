using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Models;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Tests.Models;

public sealed class ModelArrivalTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly ResourceStore _store;
    private readonly ScriptedAgent _agent = new();
    private readonly List<string> _inspected = [];
    private ModelInspection _found = new ModelInspection.Understood(new ModelStatus { Path = "/home/models/m", Format = "safetensors" });

    public ModelArrivalTests() => _store = new ResourceStore(new MemoryChangeLog(), _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private ModelController Controller => new(
        _store,
        _agent,
        (_, uri) =>
        {
            _inspected.Add(uri);
            return _found;
        },
        new EventRecorder(_store, "test", _time),
        _time);

    private async Task<(ModelStatus Status, Requeue Requeue)> ReconcileAsync(ModelArrival arrival, IReadOnlyDictionary<string, string>? annotations = null)
    {
        _agent.Answer = arrival;
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        await _store.CreateAsync(
            Document.From(new ClusterBaseModel
            {
                Metadata = new Metadata { Name = "m", Annotations = annotations is null ? null : new Dictionary<string, string>(annotations) },
                Spec = new ModelSpec { Version = "1.0", Storage = new StorageSpec { StorageUri = "hf://org/m" } },
            }),
            Ct);
        var requeue = await Controller.ReconcileAsync(ClusterBaseModel.Kind.Key("m"), Ct);
        return ((await _store.GetAsync<ClusterBaseModel>("", "m", Ct))!.Status!, requeue);
    }

    [Fact]
    public async Task A_model_on_its_way_says_how_far_and_is_not_ready()
    {
        var (status, _) = await ReconcileAsync(new ModelArrival.OnItsWay("Downloading", new DownloadStatus { Progress = "30 %", TotalBytes = 10, CompletedBytes = 3 }, ""));

        Assert.Equal(("In_Transit", "30 %", 3L), (status.State, status.Download!.Progress, status.Download.CompletedBytes));
        Assert.Equal(("Unknown", "Downloading"), (status.Conditions.Find("Arrived")!.Status, status.Conditions.Find("Ready")!.Reason));
        Assert.Null(status.Path);
        Assert.Empty(_inspected);
    }

    [Fact]
    public async Task Files_that_are_here_are_looked_into_where_they_are()
    {
        var (status, _) = await ReconcileAsync(new ModelArrival.Here("/home/models/m", 42, 40, "abc", "sha256:1"));

        Assert.Equal(["file:///home/models/m"], _inspected);
        Assert.Equal(("Ready", "/home/models/m", "1.0", "abc", "sha256:1", 40), (status.State, status.Path, status.Version, status.Revision, status.Digest, status.UnsharedBytes));
        Assert.True(status.Conditions.IsTrue("Arrived") && status.Conditions.IsTrue("Ready"));
        Assert.Null(status.Download);
    }

    [Fact]
    public async Task Files_that_arrived_and_are_no_model_fail_with_an_event_of_their_own()
    {
        _found = new ModelInspection.Broken("/home/models/m", "config.json: key 'x' is missing");

        var (status, _) = await ReconcileAsync(new ModelArrival.Here("/home/models/m", 42, 40, "abc", "sha256:1"));

        Assert.Equal("Failed", status.State);
        Assert.True(status.Conditions.IsTrue("Arrived"));
        Assert.Equal(["FilesVerified Normal", "InvalidModelFile Warning"], (await _store.ListAsync<Event>(null, Ct)).Select(e => $"{e.Reason} {e.Type}").Order());
    }

    [Fact]
    public async Task What_went_wrong_is_said_once_and_looked_at_again_when_it_is_time()
    {
        var (status, requeue) = await ReconcileAsync(new ModelArrival.Failed("AccessDenied", "make a Secret", TimeSpan.FromMinutes(10)));

        Assert.Equal(("Failed", "make a Secret", "make a Secret"), (status.State, status.Conditions.Find("Arrived")!.Message, status.Conditions.Find("Ready")!.Message));
        Assert.Equal(TimeSpan.FromMinutes(10), requeue.Delay);
        Assert.Equal("AccessDenied", Assert.Single(await _store.ListAsync<Event>(null, Ct)).Reason);
    }

    [Fact]
    public async Task The_agent_is_told_whether_a_service_uses_it_and_what_its_annotations_wish()
    {
        await ReconcileAsync(new ModelArrival.OnItsWay("Waiting", null, ""), new Dictionary<string, string> { ["orrery.dev/pinned"] = "true", ["orrery.dev/priority"] = "7" });
        (await _store.CreateAsync(
            Document.From(new InferenceService
            {
                Metadata = new Metadata { Name = "s", Namespace = "default" },
                Spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, Engine = new ComponentSpec() },
            }),
            Ct)).Stored();
        await Controller.ReconcileAsync(ClusterBaseModel.Kind.Key("m"), Ct);

        Assert.Equal([false, true], _agent.Asked.Select(a => a.InUse));
        Assert.Equal(new ModelWishes(Pinned: true, Priority: 7), _agent.Asked[0].Wishes);
    }

    [Fact]
    public async Task Weights_come_as_a_models_files_do_and_are_in_use_by_services_that_name_them()
    {
        _agent.Answer = new ModelArrival.Here("/home/weights/w", 42, 40, "abc", "sha256:1");
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        (await _store.CreateAsync(
            Document.From(new FineTunedWeight
            {
                Metadata = new Metadata { Name = "w", Namespace = "default" },
                Spec = new FineTunedWeightSpec { BaseModelRef = new BaseModelReference { Name = "m" }, Version = "2", Storage = new StorageSpec { StorageUri = "hf://org/w" } },
            }),
            Ct)).Stored();
        (await _store.CreateAsync(
            Document.From(new InferenceService
            {
                Metadata = new Metadata { Name = "s", Namespace = "default" },
                Spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m", FineTunedWeights = ["w"] }, Engine = new ComponentSpec() },
            }),
            Ct)).Stored();

        await Controller.ReconcileAsync(FineTunedWeight.Kind.Key("default", "w"), Ct);
        var status = (await _store.GetAsync<FineTunedWeight>("default", "w", Ct))!.Status!;

        var asked = Assert.Single(_agent.Asked);
        Assert.Equal(("hf://org/w", "2", true, 1L), (asked.Spec.Storage!.StorageUri, asked.Spec.Version, asked.InUse, asked.Generation));
        Assert.Equal(("Ready", "/home/models/m", "abc", "sha256:1", 40), (status.State, status.Path, status.Revision, status.Digest, status.UnsharedBytes));
        Assert.True(status.Conditions.IsTrue("Arrived") && status.Conditions.IsTrue("Ready"));
        Assert.Contains(Controller.Triggers(), t => t.Name == "finetunedweights");
    }

    [Fact]
    public async Task A_model_that_is_gone_is_forgotten()
    {
        await Controller.ReconcileAsync(ClusterBaseModel.Kind.Key("gone"), Ct);

        Assert.Equal([ClusterBaseModel.Kind.Key("gone")], _agent.Forgotten);
    }

    [Fact]
    public async Task A_service_that_comes_or_goes_is_a_reason_to_look_at_its_model()
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        (await _store.CreateAsync(
            Document.From(new InferenceService
            {
                Metadata = new Metadata { Name = "s", Namespace = "default" },
                Spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, Engine = new ComponentSpec() },
            }),
            Ct)).Stored();
        var keys = new List<ResourceKey>();

        await foreach (var key in Controller.Triggers().Single(t => t.Name == "inferenceservices").Keys(Ct))
        {
            keys.Add(key);
            if (keys.Count == 2)
                break;
        }

        Assert.Equal([BaseModel.Kind.Key("default", "m"), ClusterBaseModel.Kind.Key("m")], keys);
    }
}
