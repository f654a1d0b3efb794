using Microsoft.AspNetCore.Http;
using Orrery.Api.Objects;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Logs;

/// <summary>What a service's engine replicas wrote, as lines <c>[replica] text</c>, also those replicas and runs that are over.</summary>
internal sealed class ServiceLog(IResourceStore store, IWorkloadRuntime workloads, TimeProvider time, CancellationToken stopping)
{
    public async Task ReadAsync(HttpContext http)
    {
        var key = ObjectTarget.Of(http, InferenceService.Kind).Key;
        var (query, refusal) = LogQuery.Parse(http.Request.Query, time.GetUtcNow());
        if (query is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }
        if (await store.GetAsync(key, http.RequestAborted) is null)
        {
            await Refusal.NotFound(key).WriteAsync(http);
            return;
        }
        var workload = new WorkloadKey(key.Namespace, ServingNames.Engine(key.Name));
        var request = query.Request.Runs == LogRuns.Previous ? query.Request : query.Request with { Runs = LogRuns.All };
        await LogStream.WriteAsync(http, query, ct => workloads.LogsAsync(workload, request, ct), line => $"[{line.Replica}] {line.Text}", stopping);
    }
}
