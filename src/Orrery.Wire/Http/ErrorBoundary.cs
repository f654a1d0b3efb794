using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Http;

/// <summary>The one place where a request's exceptions end: an answer in the error shape, and a log line when the fault is ours.</summary>
public static partial class ErrorBoundary
{
    /// <summary>With errors as OpenAI has them.</summary>
    public static Task RunAsync(HttpContext http, RequestDelegate next, ILogger log)
        => RunAsync(http, next, log, bad => Refusal.WriteAsync(http, ErrorOf(bad)));

    /// <param name="bad">What was wrong with the request. Null: the fault is ours.</param>
    public static OpenAIError ErrorOf(BadHttpRequestException? bad) => bad is null
        ? new OpenAIError(500, "internal_error", "The server failed to answer; its log says why.")
        : new OpenAIError(bad.StatusCode, "invalid_request", bad.Message);

    /// <param name="refuse">Writes the error in the caller's shape: what was wrong with the request, or null when the fault is ours.</param>
    public static async Task RunAsync(HttpContext http, RequestDelegate next, ILogger log, Func<BadHttpRequestException?, Task> refuse)
    {
        try
        {
            await RunAsync(http, next, refuse, log);
        }
        catch (Exception e) when (ClientHasGone(http, e))
        {
            // There is nobody to answer, and nothing to read on: unless told, the server tries to, and complains that it cannot.
            http.Abort();
        }
    }

    private static async Task RunAsync(HttpContext http, RequestDelegate next, Func<BadHttpRequestException?, Task> refuse, ILogger log)
    {
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await refuse(e);
        }
        catch (Exception e) when (!ClientHasGone(http, e))
        {
            LogFailed(log, http.Request.Method, http.Request.Path, e);
            // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
            if (http.Response.HasStarted)
                http.Abort();
            else
                await refuse(null);
        }
    }

    private static bool ClientHasGone(HttpContext http, Exception e)
        => e is ConnectionResetException || (e is OperationCanceledException && http.RequestAborted.IsCancellationRequested);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger log, string method, string path, Exception e);
}
