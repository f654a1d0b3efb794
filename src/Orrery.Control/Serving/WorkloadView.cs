using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>The last state of every workload, for controllers to look at; one trigger keeps it fresh.</summary>
public sealed class WorkloadView(IWorkloadRuntime runtime)
{
    private readonly ConcurrentDictionary<WorkloadKey, WorkloadState> _states = new();

    public WorkloadState? Get(WorkloadKey key) => _states.GetValueOrDefault(key);

    /// <summary>Follows the runtime; yields the service of each workload that changed.</summary>
    public async IAsyncEnumerable<ResourceKey> FollowAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var state in runtime.WatchAsync(ct))
        {
            if (state.Gone)
                _states.TryRemove(state.Key, out _);
            else
                _states[state.Key] = state;
            if (ServingNames.ServiceOf(state.Key.Name) is { } service)
                yield return InferenceService.Kind.Key(state.Key.Namespace, service);
        }
    }
}
