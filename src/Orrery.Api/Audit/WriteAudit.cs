using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Orrery.Api.Access;
using Orrery.Platform.Access;
using Orrery.Platform.Audit;

namespace Orrery.Api.Audit;

/// <summary>
/// Records writes around their handlers, and those that were refused. What cannot be recorded is not done: 503.
/// <code>
///   record "received" ─▶ handler, its answer held back │ sync of the first line meanwhile ─▶ record the result ─▶ let the answer go
/// </code>
/// The sync goes on while the store does its own, so a write waits for the slower of the two.
/// </summary>
internal sealed partial class WriteAudit(AuditLog log, TimeProvider time, ILogger logger)
{
    private const int MaxUserAgent = 256;

    /// <summary>What is known before anything is done. The client learns the id, to find the request again.</summary>
    public AuditEvent Begin(HttpContext http, AccessRequest request, Caller? caller)
    {
        var id = Guid.NewGuid();
        http.Response.Headers["Audit-Id"] = id.ToString();
        var now = time.GetUtcNow();
        string agent = http.Request.Headers.UserAgent.ToString();
        return new AuditEvent
        {
            Id = id,
            Stage = AuditStage.RequestReceived,
            Caller = caller,
            Request = request,
            Version = request.Path is null ? ApiPath.Of(http.Request.Path).Version : "",
            RequestUri = AuditedUri.Of(http.Request),
            SourceIp = http.Connection.RemoteIpAddress?.ToString() ?? "",
            UserAgent = agent.Length <= MaxUserAgent ? agent : agent[..MaxUserAgent],
            Received = now,
            Reached = now,
        };
    }

    /// <summary>A 401 or 403: nothing was done, so it is answered also where it cannot be recorded.</summary>
    public void Refused(AuditEvent received, Refusal refusal)
    {
        if (log.Record(received with { Stage = AuditStage.ResponseComplete, Code = refusal.Code, Reason = refusal.Reason }) is { } problem)
            LogNotRecorded(logger, received.Id, problem);
    }

    public async Task RunAsync(HttpContext http, AuditEvent received, RequestDelegate run)
    {
        if (log.Record(received) is { } problem)
        {
            LogNotRecorded(logger, received.Id, problem);
            await Refusal.NotAuditable(problem).WriteAsync(http);
            return;
        }
        var syncing = log.SyncAsync();
        using var answer = new MemoryStream();
        await HoldingBackAsync(http, answer, run);

        bool gone = http.RequestAborted.IsCancellationRequested;
        var summary = AnswerSummary.Of(answer.GetBuffer().AsSpan(0, (int)answer.Length));
        var ended = received with { Stage = gone ? AuditStage.Panic : AuditStage.ResponseComplete, Reached = time.GetUtcNow(), Request = Named(received.Request, summary.Name) };
        if (!gone)
            ended = ended with { Code = http.Response.StatusCode, Reason = http.Response.StatusCode < 400 ? null : summary.Reason };
        string? unsynced = await syncing;
        string? late = log.Record(ended) ?? unsynced;
        if (gone)
            return;
        if (late is null)
        {
            await http.Response.BodyWriter.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), http.RequestAborted);
            return;
        }
        LogNotRecorded(logger, received.Id, late);
        http.Response.Clear();
        await Refusal.NotAudited(late).WriteAsync(http);
    }

    private static async Task HoldingBackAsync(HttpContext http, MemoryStream answer, RequestDelegate run)
    {
        var wire = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var held = new StreamResponseBodyFeature(answer);
        http.Features.Set<IHttpResponseBodyFeature>(held);
        try
        {
            await run(http);
            await held.Writer.FlushAsync(CancellationToken.None);
        }
        finally
        {
            http.Features.Set(wire);
        }
    }

    // The object that a create made; a delete of many is about none.
    private static AccessRequest Named(AccessRequest request, string? answered)
        => request is { Verb: "create", Path: null, Name: null } ? request with { Name = answered } : request;

    [LoggerMessage(LogLevel.Warning, "Request {Id} could not be put into the audit log: {Problem}")]
    private static partial void LogNotRecorded(ILogger logger, Guid id, string problem);
}
