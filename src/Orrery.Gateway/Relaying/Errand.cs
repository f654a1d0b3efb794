using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Routing;
using Orrery.Gateway.Telemetry;
using Orrery.Resources.Demand;

namespace Orrery.Gateway.Relaying;

/// <summary>One attempt to have a request answered by one replica.</summary>
/// <param name="Patience">Longest wait for the first byte of the answer.</param>
/// <param name="PromptTokens">About so many are in the body.</param>
internal sealed record Errand(Upstream To, OutgoingBody Body, TimeSpan Patience, DemandClaim Claim, long PromptTokens, Exchange Exchange)
{
    // A body this large is sent only when the replica wants it: one that refuses it unread would otherwise look like one that died.
    private const int AskFirstBytes = 1024 * 1024;

    /// <summary>Of this attempt; null: there is none.</summary>
    public Activity? Span { get; init; }

    public HttpRequestMessage RequestFor(HttpContext http)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method), To.Address.UriFor(http.Request.Path.Value!, http.Request.QueryString.Value!)) { Content = Body.ToContent() };
        RelayedHeaders.Copy(http.Request, request.Headers);
        request.Headers.TryAddWithoutValidation(RelayedHeaders.RequestId, http.Response.Headers[RelayedHeaders.RequestId].ToString());
        RequestSpans.Carry(Span, request.Headers);
        request.Headers.ExpectContinue = Body.Length >= AskFirstBytes;
        if (To.Access is { } access)
            RelayedHeaders.ForElsewhere(http.Request, request.Headers, access);
        return request;
    }
}
