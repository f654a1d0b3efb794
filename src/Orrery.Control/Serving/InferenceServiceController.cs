using Orrery.Control.Accelerators;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>Makes an InferenceService a running, answering engine and says how far that is.</summary>
public sealed class InferenceServiceController(
    IResourceStore store, IWorkloadRuntime runtime, WorkloadView workloads, IDemandFeed demand, EventRecorder events, TimeProvider time) : IController
{
    public string Name => "inferenceservices";

    /// <summary>All that may change what a service needs.</summary>
    public IReadOnlyList<Trigger> Triggers() =>
    [
        Trigger.For(store, InferenceService.Kind),
        Trigger.Mapped(store, BaseModel.Kind, (model, ct) => ServicesAsync(model.Metadata.Namespace, s => s.Spec.Model?.Name == model.Metadata.Name, ct)),
        Trigger.Mapped(store, ClusterBaseModel.Kind, (model, ct) => ServicesAsync(null, s => s.Spec.Model?.Name == model.Metadata.Name, ct)),
        Trigger.Mapped(store, ServingRuntime.Kind, (runtime, ct) => ServicesAsync(runtime.Metadata.Namespace, _ => true, ct)),
        Trigger.Mapped(store, ClusterServingRuntime.Kind, (_, ct) => ServicesAsync(null, _ => true, ct)),
        Trigger.Mapped(store, AcceleratorClass.Kind, (_, ct) => ServicesAsync(null, _ => true, ct)),
        Trigger.Mapped(store, Node.Kind, (_, ct) => ServicesAsync(null, _ => true, ct)),
        new Trigger("workloads", workloads.FollowAsync),
        new Trigger("demand", demand.WatchAsync),
    ];

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // :: Observe
        var workload = new WorkloadKey(key.Namespace, ServingNames.Engine(key.Name));
        if (await store.GetAsync(key, ct) is not { } document || document.Metadata.DeletionTimestamp is not null)
        {
            await runtime.DeleteAsync(workload, ct);
            return Requeue.No;
        }
        var service = document.As<InferenceService>();
        var seen = new ServiceObservation(
            document,
            service,
            await ModelAsync(service, ct),
            RuntimeInheritance.Resolve(await RuntimesAsync(key.Namespace, ct)),
            workloads.Get(workload),
            demand.Read(key),
            time.GetUtcNow())
        {
            Place = await PlaceAsync(key, ct),
        };

        // :: Decide
        var plan = ServicePlanner.Plan(seen);

        // :: Act
        var status = plan.Status;
        if (plan.Engine is not null && await runtime.ApplyAsync(plan.Engine, ct) is ApplyOutcome.Refused refused)
            status = ServicePlanner.Refused(status, refused.Message, seen);

        // :: Report
        (await store.UpdateStatusAsync(document.WithStatus(status, ResourceJson.Default.InferenceServiceStatus), ct)).Stored();
        await events.RecordTransitionsAsync(document, service.Status?.Conditions, status.Conditions, ct);
        return new Requeue(plan.LookAgain);
    }

    private async Task<ObservedModel?> ModelAsync(InferenceService service, CancellationToken ct)
    {
        if (service.Spec.Model is not { Name: { } name } reference)
            return null;
        if (reference.Kind is null or "BaseModel" && await store.GetAsync<BaseModel>(service.Metadata.Namespace!, name, ct) is { } model)
            return new ObservedModel("BaseModel", name, model.Spec, model.Status);
        if (reference.Kind is null or "ClusterBaseModel" && await store.GetAsync<ClusterBaseModel>("", name, ct) is { } cluster)
            return new ObservedModel("ClusterBaseModel", name, cluster.Spec, cluster.Status);
        return null;
    }

    private async Task<ServingPlace?> PlaceAsync(ResourceKey service, CancellationToken ct)
    {
        var nodes = await store.ListAsync<Node>(null, ct);
        if (nodes.Count == 0)
            return null;
        var classes = (await store.ListAsync<AcceleratorClass>(null, ct)).Select(c => new NamedClass(c.Metadata.Name!, c.Spec)).ToList();
        // Who has which accelerators matters only where there are some.
        IReadOnlyList<AcceleratorClaim> claims = classes.Count == 0 ? [] : AcceleratorClaims.Of(await store.ListAsync<InferenceService>(null, ct), service);
        return ServingPlace.Of(nodes, classes, claims);
    }

    private async Task<IReadOnlyList<RuntimeCandidate>> RuntimesAsync(string ns, CancellationToken ct) =>
    [
        .. (await store.ListAsync<ServingRuntime>(ns, ct)).Select(r => new RuntimeCandidate("ServingRuntime", r.Metadata.Name!, r.Spec)),
        .. (await store.ListAsync<ClusterServingRuntime>(null, ct)).Select(r => new RuntimeCandidate("ClusterServingRuntime", r.Metadata.Name!, r.Spec)),
    ];

    private async Task<IEnumerable<ResourceKey>> ServicesAsync(string? ns, Func<InferenceService, bool> uses, CancellationToken ct)
        => (await store.ListAsync<InferenceService>(ns, ct)).Where(uses)
            .Select(s => InferenceService.Kind.Key(s.Metadata.Namespace, s.Metadata.Name!));
}
