using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Gateway.Relaying;
using Orrery.Gateway.Routing;
using Orrery.Gateway.Telemetry;
using Orrery.Platform.Access;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Wire.Http;

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
    GatewayOptions options, Router router, Relay relay, DemandMeter demand, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private const int MaxTries = 3;
    private const int BytesPerToken = 4;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext http, Caller caller)
    {
        if (await RequestBody.ReadAsync(http, options.MaxBodyBytes) is RequestBody.Whole body)
            await AnswerAsync(http, caller, body.Bytes);
        else
            await Refusal.BodyTooLargeAsync(http, options.MaxBodyBytes, time);
    }

    /// <param name="body">Of the request, which is sent on to its path.</param>
    public async Task AnswerAsync(HttpContext http, Caller caller, ReadOnlyMemory<byte> body)
    {
        Exchange.Of(http).BytesIn = body.Length;
        if (router.IsStopping)
        {
            await RefuseToBeginAsync(http);
            return;
        }
        if (RelayedHeaders.HopsOf(http.Request) is >= RelayedHeaders.MaxHops and var hops)
        {
            await Refusal.WriteAsync(http, PickRefusal.Loop(hops));
            return;
        }
        switch (Ask.Read(body.Span))
        {
            case Ask.Refused refused:
                await Refusal.WriteAsync(http, refused.Error);
                break;
            case Ask.For ask:
                await RouteAsync(http, caller, ask, body);
                break;
        }
    }

    private async Task RouteAsync(HttpContext http, Caller caller, Ask.For ask, ReadOnlyMemory<byte> body)
    {
        var name = ModelName.Parse(ask.Model);
        if (!await Callers.MayAsync(http, caller, new AccessRequest("infer", "models", name.Service.Namespace, name.Service.Name)))
            return;
        if (ModelCatalog.Missing(ask.Model, name, caller, router.Table, out var route) is { } missing)
        {
            await Refusal.WriteAsync(http, missing);
            return;
        }

        var exchange = Exchange.Of(http);
        exchange.IsStream = ask.Stream;
        exchange.Goes(name.Weights is null ? route!.ModelId : $"{route!.ModelId}:{name.Weights}");
        using (var claim = demand.Enter(name.Service))
            await ServeAsync(http, new Job(name, ask, body, caller, claim, router.Arrive(), exchange));
        if (router.Table.Find(name.Service) is null)
            demand.Forget(name.Service);
    }

    private sealed record Job(ModelName Name, Ask.For Ask, ReadOnlyMemory<byte> Body, Caller Caller, DemandClaim Claim, long Arrival, Exchange Exchange)
    {
        public ResourceKey Service => Name.Service;

        public long PromptTokens => Ask.PromptBytes / BytesPerToken;

        /// <summary>
        /// Weights go by their own name at the replica: so vLLM knows them, and so does our engine; or as the route says. The rest of the body is
        /// the client's.
        /// </summary>
        public OutgoingBody BodyFor(Upstream upstream, ServiceRoute? route)
        {
            string? weights = Name.Weights is { } name ? route?.WeightModels.GetValueOrDefault(name) ?? name : null;
            return (upstream.Access?.Model ?? weights) is { } model && model != Ask.Model ? OutgoingBody.WithModel(Body, Ask.ModelAt, model) : new OutgoingBody(Body);
        }
    }

    private async Task ServeAsync(HttpContext http, Job job)
    {
        var deadline = time.GetUtcNow() + options.ColdStartWait;
        for (int tries = 0; tries < MaxTries; tries++)
        {
            job.Claim.SetTokensInFlight(job.PromptTokens);
            var left = deadline - time.GetUtcNow();
            var (start, since) = (time.GetTimestamp(), time.GetUtcNow());
            var picking = router.PickAsync(job.Service, job.Arrival, left > TimeSpan.Zero ? left : TimeSpan.Zero, http.RequestAborted);
            bool waits = !picking.IsCompleted;
            var pick = await picking;
            if (waits)
            {
                http.Response.Headers["Server-Timing"] = QueueTime(job.Exchange.Waited += time.GetElapsedTime(start));
                RequestSpans.Queued(job.Exchange, since);
            }
            if (pick is not Pick.To(var lease))
            {
                await RefuseAsync(http, job, pick, tries);
                return;
            }
            using (lease)
            {
                job.Claim.Start();
                job.Exchange.Tries++;
                if (await RelayedAsync(http, job, lease.Upstream))
                    return;
            }
            job.Claim.WaitAgain();
        }
        await Refusal.WriteAsync(http, PickRefusal.NobodyAnswered(job.Ask.Model, MaxTries));
    }

    /// <returns>False: nothing was sent to the client, another replica may be tried.</returns>
    private async Task<bool> RelayedAsync(HttpContext http, Job job, Upstream upstream)
    {
        var patience = job.Ask.Stream ? options.FirstByteTimeout : options.WholeAnswerTimeout;
        var body = job.BodyFor(upstream, router.Table.Find(job.Service));
        var outcome = await AttemptAsync(http, new Errand(upstream, body, patience, job.Claim, job.PromptTokens, job.Exchange));
        switch (outcome)
        {
            case RelayOutcome.Draining:
                Eject(job.Service, upstream, "it stops and takes no more requests");
                return false;
            case RelayOutcome.Unreachable(var reason):
                Eject(job.Service, upstream, reason);
                return false;
            case RelayOutcome.NoAnswer(var waited):
                Eject(job.Service, upstream, $"no first byte within {waited}");
                await Refusal.WriteAsync(http, PickRefusal.NoAnswer(job.Ask.Model, waited));
                return true;
            case RelayOutcome.Misdirected(var status):
                await Refusal.WriteAsync(http, PickRefusal.Misdirected(job.Ask.Model, status, withKey: upstream.Access?.Key is not null));
                return true;
            case RelayOutcome.FellSilent(var waited):
                job.Exchange.BrokenBy = "upstream_timeout";
                Eject(job.Service, upstream, $"silent for {waited} in the middle of an answer");
                return true;
            case RelayOutcome.BrokenOff(var reason):
                job.Exchange.BrokenBy = "upstream_failed";
                // Not ejected: if it is dead, the next connection is refused at once, and if it lives, nobody need wait.
                LogBrokenOff(log, upstream.Address, job.Service, reason);
                return true;
            case RelayOutcome.Spoilt(var reason):
                LogSpoilt(log, upstream.Address, job.Service, reason);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Each attempt is counted at its replica, which is not ended meanwhile, and at its workload: those who roll out and go back read it. A client that goes is no failure, and a stop that was asked for neither.</summary>
    private async Task<RelayOutcome> AttemptAsync(HttpContext http, Errand errand)
    {
        RelayOutcome? outcome = null;
        string address = errand.To.Address.ToString();
        using var work = errand.To.Workload is null ? null : demand.WorkAt(address);
        var exchange = errand.Exchange;
        exchange.Replica = address;
        var span = RequestSpans.Relay(exchange);
        try
        {
            return outcome = await relay.SendAsync(http, errand with { Span = span });
        }
        finally
        {
            RequestSpans.End(span, outcome);
            metrics.Attempts.Add(1, exchange.Tags.Plain[0], exchange.Tags.Plain[1], new(TelemetryNames.Outcome, RelayOutcome.WordFor(outcome)));
            if (errand.To.Workload is { } workload && outcome is not RelayOutcome.Draining)
                demand.Answered(workload, failed: outcome?.Failed == true);
        }
    }

    private void Eject(ResourceKey service, Upstream upstream, string reason)
        => LogEjected(log, upstream.Address, service, router.Eject(service, upstream), reason);

    private static Task RefuseToBeginAsync(HttpContext http)
    {
        Refusal.CloseAfterwards(http);
        return Refusal.WriteAsync(http, PickRefusal.Stopping, RetryAfter);
    }

    private Task RefuseAsync(HttpContext http, Job job, Pick pick, int tries)
    {
        if (pick is Pick.Stopping)
            return RefuseToBeginAsync(http);
        var route = router.Table.Find(job.Service);
        if (pick is Pick.NoneReady && route is not null && tries > 0)
            return Refusal.WriteAsync(http, PickRefusal.NobodyAnswered(job.Ask.Model, tries));
        return PickRefusal.Of(pick, job.Ask.Model, route, options.ColdStartWait) is { } error
            ? Refusal.WriteAsync(http, error, pick is Pick.Blocked ? null : RetryAfter)
            : Refusal.WriteAsync(http, ModelCatalog.NoSuchModel(job.Ask.Model, job.Caller, router.Table));
    }

    private static string QueueTime(TimeSpan waited) => string.Create(CultureInfo.InvariantCulture, $"queue;dur={waited.TotalMilliseconds:0.###}");

    [LoggerMessage(LogLevel.Warning, "Replica {Replica} of {Service} gets no requests for {EjectFor}: {Reason}")]
    private static partial void LogEjected(ILogger log, UpstreamAddress replica, ResourceKey service, TimeSpan ejectFor, string reason);

    [LoggerMessage(LogLevel.Warning, "Replica {Replica} of {Service} began a stream and gave no whole answer: {Reason}")]
    private static partial void LogSpoilt(ILogger log, UpstreamAddress replica, ResourceKey service, string reason);

    [LoggerMessage(LogLevel.Warning, "Replica {Replica} of {Service} broke off an answer: {Reason}")]
    private static partial void LogBrokenOff(ILogger log, UpstreamAddress replica, ResourceKey service, string reason);
}
