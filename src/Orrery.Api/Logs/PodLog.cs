using Microsoft.AspNetCore.Http;
using Orrery.Api.Objects;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Logs;

/// <summary>What <c>kubectl logs</c> reads: the present run of one replica, or the one before it. Following goes on over restarts and ends with the pod.</summary>
internal sealed class PodLog(IResourceStore store, IWorkloadRuntime workloads, TimeProvider time, CancellationToken stopping)
{
    public async Task ReadAsync(HttpContext http)
    {
        var key = ObjectTarget.Of(http, Pod.Kind).Key;
        if (await store.GetAsync(key, http.RequestAborted) is not { } document)
        {
            await Refusal.NotFound(key).WriteAsync(http);
            return;
        }
        var pod = document.As<Pod>();
        var (query, refusal) = LogQuery.Parse(http.Request.Query, time.GetUtcNow());
        refusal ??= ContainerProblem(http, pod) ?? (query!.Request.Runs == LogRuns.Previous ? PreviousProblem(pod) : null);
        if (refusal is not null)
        {
            await refusal.WriteAsync(http);
            return;
        }
        var workload = new WorkloadKey(key.Namespace, pod.Metadata.Labels?.GetValueOrDefault(Pod.WorkloadLabel) ?? "");
        var request = query!.Request with { Replica = key.Name };
        await LogStream.WriteAsync(http, query, ct => workloads.LogsAsync(workload, request, ct), line => line.Text, stopping);
    }

    private static Refusal? ContainerProblem(HttpContext http, Pod pod)
    {
        var names = (pod.Spec?.Containers ?? []).Select(c => c.Name).ToList();
        return http.Request.Query["container"].FirstOrDefault() is { Length: > 0 } asked && !names.Contains(asked)
            ? Refusal.BadRequest($"container {Excerpt.Of(asked)} is not valid for pod {pod.Metadata.Name}; it has: {string.Join(", ", names)}")
            : null;
    }

    private static Refusal? PreviousProblem(Pod pod)
        => pod.Status?.ContainerStatuses is [{ RestartCount: null or 0 } only, ..] && only.LastState?.Terminated is null
            ? Refusal.BadRequest($"previous terminated container \"{only.Name}\" in pod \"{pod.Metadata.Name}\" not found")
            : null;
}
