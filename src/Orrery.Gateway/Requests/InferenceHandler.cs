using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Gateway.Relaying;
using Orrery.Gateway.Routing;
using Orrery.Platform.Access;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway.Requests;

/// <summary>
/// The way of a model request, from its body to the end of its answer.
/// <code>
///   read ──▶ may they? ──▶ which service? ──▶ wait for a replica ──▶ relay ──▶ done
///    400       403             404         ▲  429, 503           │  504
///    413                                   └── not reached ◀─────┘  502 after three
/// </code>
/// One deadline covers all waiting for replicas, however often the request comes back to it.
/// </summary>
internal sealed partial class InferenceHandler(
    GatewayOptions options, Router router, Relay relay, DemandMeter demand, TimeProvider time, ILogger log)
{
    private const int MaxTries = 3;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext http, Caller caller)
    {
        if (await RequestBody.ReadAsync(http, options.MaxBodyBytes) is not RequestBody.Whole body)
        {
            await Refusal.BodyTooLargeAsync(http, options.MaxBodyBytes, time);
            return;
        }
        switch (Ask.Read(body.Bytes.Span))
        {
            case Ask.Refused refused:
                await Refusal.WriteAsync(http, refused.Error);
                break;
            case Ask.For ask:
                await RouteAsync(http, caller, ask, body.Bytes);
                break;
        }
    }

    private async Task RouteAsync(HttpContext http, Caller caller, Ask.For ask, ReadOnlyMemory<byte> body)
    {
        var service = ModelName.Parse(ask.Model);
        if (!await Callers.MayAsync(http, caller, new AccessRequest("infer", "models", service.Namespace, service.Name)))
            return;
        if (router.Table.Find(service) is null)
        {
            await Refusal.WriteAsync(http, ModelCatalog.NoSuchModel(ask.Model, caller, router.Table));
            return;
        }

        using var claim = demand.Enter(service);
        await ServeAsync(http, new Job(service, ask, body, caller, claim));
    }

    private sealed record Job(ResourceKey Service, Ask.For Ask, ReadOnlyMemory<byte> Body, Caller Caller, DemandClaim Claim);

    private async Task ServeAsync(HttpContext http, Job job)
    {
        var deadline = time.GetUtcNow() + options.ColdStartWait;
        for (int tries = 0; tries < MaxTries; tries++)
        {
            var wait = deadline - time.GetUtcNow();
            var pick = await router.PickAsync(job.Service, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, http.RequestAborted);
            if (pick is not Pick.To(var lease))
            {
                await RefuseAsync(http, job, pick, tries);
                return;
            }
            using (lease)
            {
                job.Claim.Start();
                if (await RelayedAsync(http, job, lease.Upstream))
                    return;
            }
            job.Claim.WaitAgain();
        }
        await Refusal.WriteAsync(http, NobodyAnswered(job.Ask.Model, MaxTries));
    }

    /// <returns>False: nothing was sent to the client, another replica may be tried.</returns>
    private async Task<bool> RelayedAsync(HttpContext http, Job job, Upstream upstream)
    {
        var patience = job.Ask.Stream ? options.FirstByteTimeout : options.WholeAnswerTimeout;
        switch (await relay.SendAsync(http, upstream.Address, job.Body, patience, job.Claim))
        {
            case RelayOutcome.Unreachable(var reason):
                Eject(job.Service, upstream, reason);
                return false;
            case RelayOutcome.NoAnswer(var waited):
                Eject(job.Service, upstream, $"no first byte within {waited}");
                await Refusal.WriteAsync(http, new OpenAIError(
                    504, "upstream_timeout", $"The replica of '{job.Ask.Model}' sent nothing for {waited.TotalSeconds:0.###} s. Send the request again."));
                return true;
            case RelayOutcome.FellSilent(var waited):
                Eject(job.Service, upstream, $"silent for {waited} in the middle of an answer");
                return true;
            case RelayOutcome.BrokenOff(var reason):
                // Not ejected: if it is dead, the next connection is refused at once, and if it lives, nobody need wait.
                LogBrokenOff(log, upstream.Address, job.Service, reason);
                return true;
            default:
                return true;
        }
    }

    private void Eject(ResourceKey service, Upstream upstream, string reason)
    {
        LogEjected(log, upstream.Address, service, options.EjectFor, reason);
        router.Eject(upstream);
    }

    private Task RefuseAsync(HttpContext http, Job job, Pick pick, int tries) => pick switch
    {
        Pick.UnknownService => Refusal.WriteAsync(http, ModelCatalog.NoSuchModel(job.Ask.Model, job.Caller, router.Table)),
        Pick.TooManyWaiting(var bound) => Refusal.WriteAsync(
            http,
            new OpenAIError(429, "too_many_waiting", $"{bound} requests already wait for '{job.Ask.Model}', the most that may. Retry later."),
            RetryAfter),
        Pick.Stopping => Refusal.WriteAsync(
            http, new OpenAIError(503, "stopping", $"The gateway stops and '{job.Ask.Model}' has no ready replica. Retry later."), RetryAfter),
        Pick.Blocked(var why) => Refusal.WriteAsync(http, new OpenAIError(503, "not_servable", $"'{job.Ask.Model}' cannot be served: {why}")),
        _ when tries > 0 => Refusal.WriteAsync(http, NobodyAnswered(job.Ask.Model, tries)),
        _ => Refusal.WriteAsync(http, NoneReady(job), RetryAfter),
    };

    private OpenAIError NoneReady(Job job) => new(
        503,
        "no_replica",
        $"'{job.Ask.Model}' had no ready replica within {options.ColdStartWait.TotalSeconds:0.###} s. The conditions of InferenceService '{job.Service.Name}' "
        + $"in namespace '{job.Service.Namespace}' say why (orrery get isvc); retry when it is ready.");

    private static OpenAIError NobodyAnswered(string model, int tries) => new(
        502,
        "upstream_failed",
        $"'{model}': {tries} {(tries == 1 ? "attempt" : "attempts")} to reach a replica failed before the answer began. The gateway's log says why; retry later.");

    [LoggerMessage(LogLevel.Warning, "Replica {Replica} of {Service} gets no requests for {EjectFor}: {Reason}")]
    private static partial void LogEjected(ILogger log, UpstreamAddress replica, ResourceKey service, TimeSpan ejectFor, string reason);

    [LoggerMessage(LogLevel.Warning, "Replica {Replica} of {Service} broke off an answer: {Reason}")]
    private static partial void LogBrokenOff(ILogger log, UpstreamAddress replica, ResourceKey service, string reason);
}
