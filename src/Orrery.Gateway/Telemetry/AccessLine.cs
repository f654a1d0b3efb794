using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Relaying;

namespace Orrery.Gateway.Telemetry;

/// <summary>
/// A line of the access log: who asked what of which model, and what came of it. Nothing of keys, query strings, prompts and texts. What is not known is
/// left out; times are in seconds.
/// </summary>
/// <param name="Time">When the request came.</param>
/// <param name="Caller">The name of the key; none where the key is not known.</param>
/// <param name="Path">As the client sent it, up to a bound.</param>
/// <param name="Model">That answered or was to; none for those that are not there.</param>
/// <param name="BytesOut">Of the replica's answer, before it was made into another API's.</param>
/// <param name="Waited">For a replica, in all.</param>
/// <param name="FirstByte">From the request's arrival.</param>
internal sealed record AccessLine(
    DateTimeOffset Time, string Id, string? Caller, string? Address, string Method, string Path, string? Model, bool Stream, int Status, string? Error,
    long BytesIn, long BytesOut, long? PromptTokens, long? CompletionTokens, long? CachedTokens, int Tries, string? Replica,
    double Waited, double? FirstByte, double Duration, string? Trace)
{
    private const int MaxPath = 200;

    public static AccessLine Of(HttpContext http, Exchange exchange, int status, string? error) => new(
        exchange.At,
        http.Response.Headers[RelayedHeaders.RequestId].ToString(),
        exchange.Caller?.Name,
        http.Connection.RemoteIpAddress?.ToString(),
        http.Request.Method,
        exchange.Path.Length <= MaxPath ? exchange.Path : exchange.Path[..MaxPath],
        exchange.Model,
        exchange.IsStream,
        status,
        error,
        exchange.BytesIn,
        exchange.BytesOut > 0 ? exchange.BytesOut : http.Response.ContentLength ?? 0,
        exchange.Usage.Prompt,
        exchange.Usage.Completion,
        exchange.Usage.Cached,
        exchange.Tries,
        exchange.Replica,
        Seconds(exchange.Waited),
        exchange.ToFirstByte is { } first ? Seconds(first) : null,
        Seconds(exchange.Elapsed),
        exchange.Span?.TraceId.ToHexString());

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccessLine))]
internal sealed partial class AccessJson : JsonSerializerContext;
