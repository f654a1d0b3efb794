using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Control.Models;

/// <summary>Keeps the status of BaseModels, ClusterBaseModels and FineTunedWeights true: are the files here or on their way, and what are they?</summary>
/// <param name="agent">Brings files from elsewhere.</param>
/// <param name="inspect">Looks at the files of a local storage address, for an object of the kind.</param>
public sealed class ModelController(
    IResourceStore store, IModelAgent agent, Func<ResourceKind, string, ModelInspection> inspect, EventRecorder events, TimeProvider time) : IController
{
    // Files come, go and change without telling anybody.
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecheckFailed = TimeSpan.FromSeconds(5);

    public string Name => "models";

    /// <summary>All that may change where a model stands.</summary>
    public IReadOnlyList<Trigger> Triggers() =>
    [
        Trigger.For(store, BaseModel.Kind),
        Trigger.For(store, ClusterBaseModel.Kind),
        Trigger.For(store, FineTunedWeight.Kind),
        Trigger.Mapped(store, InferenceService.Kind, (service, _) => Task.FromResult<IEnumerable<ResourceKey>>(ModelsOf(service)), service => $"{service.Metadata.Generation}"),
        new Trigger("arrivals", agent.WatchAsync),
    ];

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // :: Observe
        if (await store.GetAsync(key, ct) is not { } document)
        {
            agent.Forget(key);
            return Requeue.No;
        }
        var (spec, before) = Read(document);
        if (spec.Storage?.StorageUri is not { } uri)
            return Requeue.No;
        bool isLocal = StorageUri.LocalPath(uri) is not null;
        var arrival = isLocal ? null : agent.Look(new ModelRequest(key, spec, await IsInUseAsync(key, ct), ModelWishes.Of(document.Metadata.Annotations), document.Metadata.Generation));
        if (isLocal)
            agent.Forget(key);

        // :: Decide
        var now = time.GetUtcNow();
        long? generation = document.Metadata.Generation;
        var status = arrival switch
        {
            null => ModelStatusPlan.For(inspect(key.Kind, uri), before, generation, now),
            ModelArrival.Here here => ArrivalStatus.With(ModelStatusPlan.For(inspect(key.Kind, "file://" + here.Path), before, generation, now), here, spec, before, now),
            _ => ArrivalStatus.Without(arrival, before, generation, now),
        };

        // :: Report
        (await store.UpdateStatusAsync(document.WithStatus(status, ResourceJson.Default.ModelStatus), ct)).Stored();
        await events.RecordTransitionsAsync(document, before?.Conditions, status.Conditions, ct);
        return arrival switch
        {
            ModelArrival.Failed failed => new Requeue(failed.RetryAfter),
            _ => Requeue.After(status.State == "Ready" || arrival is not null ? Recheck : RecheckFailed),
        };
    }

    private static List<ResourceKey> ModelsOf(Document service)
    {
        if (service.As<InferenceService>().Spec.Model is not { Name: { } name } model)
            return [];
        var scopes = new List<ResourceKey>();
        if (model.Kind is null or "BaseModel")
            scopes.Add(BaseModel.Kind.Key(service.Metadata.Namespace, name));
        if (model.Kind is null or "ClusterBaseModel")
            scopes.Add(ClusterBaseModel.Kind.Key(name));
        scopes.AddRange((model.FineTunedWeights ?? []).Select(weight => FineTunedWeight.Kind.Key(service.Metadata.Namespace, weight)));
        return scopes;
    }

    private async Task<bool> IsInUseAsync(ResourceKey key, CancellationToken ct)
        => (await store.ListAsync(InferenceService.Kind, key.Namespace.Length == 0 ? null : key.Namespace, ct)).Items
            .Any(service => service.Metadata.DeletionTimestamp is null && ModelsOf(service).Contains(key));

    private static (ModelSpec Spec, ModelStatus? Status) Read(Document document)
    {
        if (document.Kind == BaseModel.Kind)
        {
            var model = document.As<BaseModel>();
            return (model.Spec, model.Status);
        }
        if (document.Kind == FineTunedWeight.Kind)
        {
            // They come like a model's files; what else a model may say, these have no fields for.
            var weight = document.As<FineTunedWeight>();
            return (new ModelSpec { Storage = weight.Spec.Storage, Version = weight.Spec.Version, Disabled = weight.Spec.Disabled }, weight.Status);
        }
        var cluster = document.As<ClusterBaseModel>();
        return (cluster.Spec, cluster.Status);
    }
}
