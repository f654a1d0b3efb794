using System.Net;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Http;

/// <summary>What an answer or a failed connection means for who wanted the file.</summary>
internal static class HttpFaults
{
    /// <summary>Nobody is made to wait longer, whatever a server asks for.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    public static OriginException Refused(string message) => new(OriginFault.Refused, message);

    public static OriginException Broken(string message, Exception? inner = null) => new(OriginFault.Broken, message, inner: inner);

    /// <summary>Null: not of the network.</summary>
    /// <param name="ct">The caller's: when it was that one, nothing is wrong.</param>
    public static OriginException? Of(Exception e, string shown, CancellationToken ct)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is OriginException known)
                return known;
        }
        return e switch
        {
            OperationCanceledException when !ct.IsCancellationRequested => new(OriginFault.Broken, $"{shown} did not answer in time", inner: e),
            HttpRequestException or IOException or System.Net.Sockets.SocketException => new(OriginFault.Unavailable, $"{shown} cannot be reached: {Last(e).Message.TrimEnd('.')}", inner: e),
            _ => null,
        };
    }

    /// <summary>Null: the answer is what was asked for.</summary>
    /// <param name="credentials">What to do where the server wants (other) credentials.</param>
    public static OriginException? Of(HttpResponseMessage answer, string shown, string credentials, DateTimeOffset now)
    {
        int code = (int)answer.StatusCode;
        string said = $"{shown} answered {code}{(answer.ReasonPhrase is { Length: > 0 } reason ? " " + reason : "")}";
        return answer.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.PartialContent => null,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(OriginFault.Denied, $"{said}: {credentials}"),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new(OriginFault.NotFound, $"{said}: correct the address"),
            HttpStatusCode.TooManyRequests => new(OriginFault.Busy, $"{said}: too many requests", RetryAfter(answer, now)),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable => new(OriginFault.Changed, $"{said}: the file changed meanwhile"),
            HttpStatusCode.RequestTimeout => new(OriginFault.Unavailable, said, RetryAfter(answer, now)),
            _ when code >= 500 => new(OriginFault.Unavailable, said, RetryAfter(answer, now)),
            _ => new(OriginFault.Refused, said),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now)
    {
        var asked = answer.Headers.RetryAfter?.Delta ?? answer.Headers.RetryAfter?.Date - now;
        return asked is not { } wait ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestRetryAfter ? LongestRetryAfter : wait;
    }

    private static Exception Last(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }
}
