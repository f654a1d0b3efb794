using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Store;

namespace Orrery.Control.Models;

/// <summary>Keeps the status of BaseModels and ClusterBaseModels true: are the files there, and what are they?</summary>
/// <param name="inspect">Looks at the files of a storage address.</param>
public sealed class ModelController(
    IResourceStore store, Func<string, ModelInspection> inspect, EventRecorder events, TimeProvider time) : IController
{
    // Files come, go and change without telling anybody.
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecheckFailed = TimeSpan.FromSeconds(5);

    public string Name => "models";

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // :: Observe
        if (await store.GetAsync(key, ct) is not { } document)
            return Requeue.No;
        var (spec, before) = Read(document);
        if (spec.Storage?.StorageUri is not { } uri)
            return Requeue.No;
        var inspection = inspect(uri);

        // :: Decide
        var status = ModelStatusPlan.For(inspection, before, document.Metadata.Generation, time.GetUtcNow());

        // :: Report
        (await store.UpdateStatusAsync(document.WithStatus(status, ResourceJson.Default.ModelStatus), ct)).Stored();
        await events.RecordTransitionsAsync(document, before?.Conditions, status.Conditions, ct);
        return Requeue.After(status.State == "Ready" ? Recheck : RecheckFailed);
    }

    private static (ModelSpec Spec, ModelStatus? Status) Read(Document document)
    {
        if (document.Kind == BaseModel.Kind)
        {
            var model = document.As<BaseModel>();
            return (model.Spec, model.Status);
        }
        var cluster = document.As<ClusterBaseModel>();
        return (cluster.Spec, cluster.Status);
    }
}
