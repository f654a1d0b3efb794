using Orrery.Control.Accelerators;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Residency;
using Orrery.Control.Scaling;
using Orrery.Control.Serving.Dependencies;
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

/// <summary>Makes an InferenceService running, answering workloads and says how far that is.</summary>
public sealed class InferenceServiceController : IController
{
    private readonly IResourceStore _store;
    private readonly IWorkloadRuntime _runtime;
    private readonly WorkloadView _workloads;
    private readonly IDemandFeed _demand;
    private readonly EventRecorder _events;
    private readonly ServiceIndex _index = new();
    private readonly AcceleratorBook _accelerators;
    private readonly ServiceObserver _observer;
    private readonly ScalingMemory _scaling = new();
    private readonly ResidencyBoard? _residency;

    /// <param name="residency">Who shares the machine's memory. Null: it has no bound.</param>
    public InferenceServiceController(
        IResourceStore store, IWorkloadRuntime runtime, WorkloadView workloads, IDemandFeed demand, EventRecorder events, TimeProvider time, ResidencyBoard? residency = null)
    {
        (_store, _runtime, _workloads, _demand, _events, _residency) = (store, runtime, workloads, demand, events, residency);
        _accelerators = new AcceleratorBook(store);
        _observer = new ServiceObserver(store, workloads, demand, _index, _accelerators, _scaling, residency, time);
    }

    public string Name => "inferenceservices";

    /// <summary>All that may change what a service needs. A change wakes those alone that look at the object.</summary>
    public IReadOnlyList<Trigger> Triggers() =>
    [
        Trigger.For(_store, InferenceService.Kind),
        Of(BaseModel.Kind, WhatMatters.OfModel),
        Of(ClusterBaseModel.Kind, WhatMatters.OfModel),
        Of(FineTunedWeight.Kind, WhatMatters.OfModel),
        Of(ServingRuntime.Kind, WhatMatters.OfSpec),
        Of(ClusterServingRuntime.Kind, WhatMatters.OfSpec),
        Of(Secret.Kind, null),
        Of(Node.Kind, WhatMatters.OfNode),
        Of(AcceleratorClass.Kind, WhatMatters.OfSpec),
        // What somebody gave back may be what another waits for.
        Trigger.Mapped(_store, AcceleratorClass.Kind, (_, _) => Task.FromResult<IEnumerable<ResourceKey>>(_accelerators.Waiting())),
        new Trigger("workloads", _workloads.FollowAsync),
        new Trigger("demand", _demand.WatchAsync),
        .. _residency is null ? Array.Empty<Trigger>() : [new Trigger("memory", _residency.WatchAsync)],
    ];

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // :: Observe
        if (await _store.GetAsync(key, ct) is not { } document || document.Metadata.DeletionTimestamp is not null)
        {
            await ForgetAsync(key, ct);
            return Requeue.No;
        }
        var seen = await _observer.ObserveAsync(document, ct);

        // :: Decide
        var plan = ServicePlanner.Plan(seen);
        _scaling.Set(key, plan.Scaling);
        var lookAgain = plan.LookAgain;
        if (_residency is not null && seen.Service.Spec.External is null)
        {
            // What it wants decides what it is granted, and that what is planned.
            var (grant, grantAgain) = _residency.Observe(plan.Resident);
            if (grant != seen.Grant)
                plan = ServicePlanner.Plan(seen with { Grant = grant });
            lookAgain = new[] { lookAgain, grantAgain }.Min();
        }

        // :: Act
        var status = plan.Status;
        _accelerators.Set(key, seen.Service with { Status = status }, status.Conditions.Find(ServiceConditions.ModelFits)?.Reason == ServiceConditions.NoAccelerator);
        foreach (var workload in plan.Workloads)
        {
            if (await _runtime.ApplyAsync(workload, ct) is ApplyOutcome.Refused refused)
                status = ServicePlanner.Refused(status, workload, refused.Message, seen);
        }
        foreach (var unwanted in plan.Unwanted)
            await _runtime.DeleteAsync(unwanted, ct);

        // :: Report
        (await _store.UpdateStatusAsync(document.WithStatus(status, ResourceJson.Default.InferenceServiceStatus), ct)).Stored();
        await _events.RecordTransitionsAsync(document, seen.Service.Status?.Conditions, status.Conditions, ct);
        return new Requeue(lookAgain);
    }

    private async Task ForgetAsync(ResourceKey key, CancellationToken ct)
    {
        _index.Remove(key);
        _scaling.Forget(key);
        _residency?.Forget(key);
        _accelerators.Remove(key);
        foreach (string workload in ServingNames.WorkloadsOf(key.Name))
            await _runtime.DeleteAsync(new WorkloadKey(key.Namespace, workload), ct);
    }

    private Trigger Of(ResourceKind kind, Func<Document, string>? matters)
        => Trigger.Mapped(_store, kind, (changed, _) => Task.FromResult<IEnumerable<ResourceKey>>(_index.Users(changed.Key)), matters);
}
