using System.Collections.Concurrent;
using Orrery.Control.Accelerators;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Residency;
using Orrery.Control.Scaling;
using Orrery.Control.Serving.Dependencies;
using Orrery.Control.Serving.External;
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
    private readonly ExternalBoard _external;
    private readonly ServiceObserver _observer;
    private readonly ScalingMemory _scaling = new();
    private readonly ResidencyBoard? _residency;

    // The version of each service that this wrote last: nothing to look at.
    private readonly ConcurrentDictionary<ResourceKey, string?> _written = new();

    /// <param name="probe">Asks servers that run elsewhere.</param>
    /// <param name="residency">Who shares the machine's memory. Null: it has no bound.</param>
    public InferenceServiceController(
        IResourceStore store, IWorkloadRuntime runtime, WorkloadView workloads, IDemandFeed demand, IExternalProbe probe, EventRecorder events, TimeProvider time,
        ResidencyBoard? residency = null)
    {
        (_store, _runtime, _workloads, _demand, _events, _residency) = (store, runtime, workloads, demand, events, residency);
        _accelerators = new AcceleratorBook(store);
        _external = new ExternalBoard(probe, time, Random.Shared);
        _observer = new ServiceObserver(store, workloads, demand, _index, _accelerators, _external, _scaling, residency, time);
    }

    public string Name => "inferenceservices";

    /// <summary>All that may change what a service needs. A change wakes those alone that look at the object.</summary>
    public IReadOnlyList<Trigger> Triggers() =>
    [
        Trigger.Mapped(_store, InferenceService.Kind, async (service, ct) => await IsOwnWriteAsync(service, ct) ? [] : [service.Key]),
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
        new Trigger("external", _external.FollowAsync),
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
        if (plan.Resident is null)
            _residency?.Forget(key);
        else if (_residency is not null)
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
        var stored = (await _store.UpdateStatusAsync(document.WithStatus(status, ResourceJson.Default.InferenceServiceStatus), ct)).Stored();
        _written[key] = stored.Metadata.ResourceVersion;
        await _events.RecordTransitionsAsync(document, seen.Service.Status?.Conditions, status.Conditions, ct);
        return new Requeue(lookAgain);
    }

    private async Task ForgetAsync(ResourceKey key, CancellationToken ct)
    {
        _index.Remove(key);
        _scaling.Forget(key);
        _residency?.Forget(key);
        _accelerators.Remove(key);
        _external.Forget(key);
        _written.TryRemove(key, out _);
        foreach (string workload in ServingNames.WorkloadsOf(key.Name))
            await _runtime.DeleteAsync(new WorkloadKey(key.Namespace, workload), ct);
    }

    // Its last known state is also what is heard of a service that went while nobody watched.
    private async Task<bool> IsOwnWriteAsync(Document service, CancellationToken ct)
        => _written.TryGetValue(service.Key, out string? written) && written == service.Metadata.ResourceVersion && await _store.GetAsync(service.Key, ct) is not null;

    private Trigger Of(ResourceKind kind, Func<Document, string>? matters)
        => Trigger.Mapped(_store, kind, (changed, _) => Task.FromResult<IEnumerable<ResourceKey>>(_index.Users(changed.Key)), matters);
}
