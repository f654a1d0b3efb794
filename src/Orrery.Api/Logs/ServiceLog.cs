using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Objects;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Logs;

/// <summary>What a service's engine replicas wrote, as lines <c>[replica] text</c>, each flushed while following.</summary>
internal sealed class ServiceLog(IResourceStore store, IWorkloadRuntime workloads, CancellationToken stopping)
{
    private const int FlushBytes = 16 * 1024;

    public async Task ReadAsync(HttpContext http)
    {
        var key = ObjectTarget.Of(http, InferenceService.Kind).Key;
        var (request, problem) = Parse(http.Request.Query);
        if (request is null)
        {
            await Refusal.BadRequest(problem!).WriteAsync(http);
            return;
        }
        if (await store.GetAsync(key, http.RequestAborted) is null)
        {
            await Refusal.NotFound(key).WriteAsync(http);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.BodyWriter.FlushAsync(end.Token);
        try
        {
            await StreamAsync(http, new WorkloadKey(key.Namespace, ServingNames.Engine(key.Name)), request, end.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops: what was sent is whole lines.
        }
    }

    private async Task StreamAsync(HttpContext http, WorkloadKey workload, LogRequest request, CancellationToken ct)
    {
        int unflushed = 0;
        await foreach (var line in workloads.LogsAsync(workload, request, ct))
        {
            unflushed += (int)Encoding.UTF8.GetBytes($"[{line.Replica}] {line.Text}\n", http.Response.BodyWriter);
            if (!request.Follow && unflushed < FlushBytes)
                continue;
            await http.Response.BodyWriter.FlushAsync(ct);
            unflushed = 0;
        }
        await http.Response.BodyWriter.FlushAsync(ct);
    }

    private static (LogRequest? Request, string? Problem) Parse(IQueryCollection query)
    {
        string follow = query["follow"].FirstOrDefault() ?? "false";
        if (follow is not ("true" or "false"))
            return (null, $"follow: '{follow}' must be true or false");
        if (query["tailLines"].FirstOrDefault() is not { Length: > 0 } text)
            return (new LogRequest(follow == "true"), null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lines)
            ? (new LogRequest(follow == "true", lines), null)
            : (null, $"tailLines: '{text}' must be a whole number, 0 or more");
    }
}
