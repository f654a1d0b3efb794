using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Http;

/// <summary>The one place where a request's exceptions end: an answer in the error shape, and a log line when the fault is ours.</summary>
public static partial class ErrorBoundary
{
    public static async Task RunAsync(HttpContext http, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await Refusal.WriteAsync(http, new OpenAIError(e.StatusCode, "invalid_request", e.Message));
        }
        catch (Exception e)
        {
            LogFailed(log, http.Request.Method, http.Request.Path, e);
            if (http.Response.HasStarted)
                http.Abort();
            else
                await Refusal.WriteAsync(http, new OpenAIError(500, "internal_error", "The server failed to answer; its log says why."));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger log, string method, string path, Exception e);
}
