using System.Collections.Concurrent;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Residency;
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
    private readonly ServiceBoards _boards;
    private readonly ServiceObserver _observer;

    // The version of each service that this wrote last: nothing to look at.
    private readonly ConcurrentDictionary<ResourceKey, string?> _written = new();

    /// <param name="probe">Asks servers that run elsewhere.</param>
    /// <param name="residency">Who shares the machine's memory. Null: it has no bound.</param>
    public InferenceServiceController(
        IResourceStore store, IWorkloadRuntime runtime, WorkloadView workloads, IDemandFeed demand, IExternalProbe probe, ResidencyBoard? residency, EventRecorder events,
        TimeProvider time)
    {
        (_store, _runtime, _workloads, _demand, _events) = (store, runtime, workloads, demand, events);
        _boards = new ServiceBoards(store, probe, residency, time);
        _observer = new ServiceObserver(store, runtime, workloads, demand, _boards, time);
    }

    /// <summary>Base of the OpenAI-compatible API where clients reach every service. Null: nobody told.</summary>
    public string? Url { get; init; }

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
        Trigger.Mapped(_store, AcceleratorClass.Kind, (_, _) => Task.FromResult<IEnumerable<ResourceKey>>(_boards.Accelerators.Waiting())),
        _boards.Revisions.Trigger(),
        new Trigger("workloads", _workloads.FollowAsync),
        new Trigger("demand", _demand.WatchAsync),
        new Trigger("external", _boards.External.FollowAsync),
        .. _boards.Residency is not { } memory ? Array.Empty<Trigger>() : [new Trigger("memory", memory.WatchAsync)],
    ];

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // :: Observe
        if (await _store.GetAsync(key, ct) is not { } document || document.Metadata.DeletionTimestamp is not null)
        {
            await ForgetAsync(key, ct);
            return Requeue.No;
        }
        var seen = await _observer.ObserveAsync(document, ct) with { Url = Url };

        // :: Decide
        var plan = ServicePlanner.Plan(seen);
        _boards.Scaling.Set(key, plan.Scaling);
        var lookAgain = plan.LookAgain;
        if (plan.Resident is null)
            _boards.Residency?.Forget(key);
        else if (_boards.Residency is { } residency)
        {
            // What it wants decides what it is granted, and that what is planned.
            var (grant, grantAgain) = residency.Observe(plan.Resident);
            if (grant != seen.Grant)
                plan = ServicePlanner.Plan(seen with { Grant = grant });
            lookAgain = new[] { lookAgain, grantAgain }.Min();
        }

        // :: Act
        var status = plan.Status;
        // Kept before it runs, so that there is always something to go back to.
        if (plan.Rollout is { } rollout)
            await _boards.Revisions.WriteAsync(document, rollout, ct);
        _boards.Accelerators.Set(key, seen.Service with { Status = status }, status.Conditions.Find(ServiceConditions.ModelFits)?.Reason == ServiceConditions.NoAccelerator);
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
        _boards.Forget(key);
        _written.TryRemove(key, out _);
        foreach (string workload in ServingNames.WorkloadsOf(key.Name))
            await _runtime.DeleteAsync(new WorkloadKey(key.Namespace, workload), ct);
    }

    // Its last known state is also what is heard of a service that went while nobody watched.
    private async Task<bool> IsOwnWriteAsync(Document service, CancellationToken ct)
        => _written.TryGetValue(service.Key, out string? written) && written == service.Metadata.ResourceVersion && await _store.GetAsync(service.Key, ct) is not null;

    private Trigger Of(ResourceKind kind, Func<Document, string>? matters)
        => Trigger.Mapped(_store, kind, (changed, _) => Task.FromResult<IEnumerable<ResourceKey>>(_boards.Index.Users(changed.Key)), matters);
}
