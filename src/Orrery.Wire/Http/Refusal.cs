using Microsoft.AspNetCore.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Http;

/// <summary>Errors as HTTP answers. The last one stays a feature of the request, for whoever counts and logs.</summary>
public static class Refusal
{
    private static readonly TimeSpan LingerFor = TimeSpan.FromSeconds(2);

    public static async Task WriteAsync(HttpContext http, OpenAIError error, TimeSpan? retryAfter = null)
    {
        http.Features.Set(error);
        byte[] body = error.ToUtf8();
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        if (retryAfter is { } wait)
            http.Response.Headers.RetryAfter = $"{Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0}";
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Says that it makes no sense to ask again on this connection. Before the answer begins.</summary>
    public static void CloseAfterwards(HttpContext http)
    {
        // Later versions have no such header.
        if (HttpProtocol.IsHttp11(http.Request.Protocol))
            http.Response.Headers.Connection = "close";
    }

    /// <summary>
    /// 413, then the end of the connection. What the client still sends is thrown away for two seconds: closing at once would reset
    /// the connection, and a client that sends first and reads later would see that instead of the answer.
    /// </summary>
    public static async Task BodyTooLargeAsync(HttpContext http, int maxBytes, TimeProvider time)
    {
        CloseAfterwards(http);
        await WriteAsync(http, OpenAIError.BodyTooLarge(maxBytes));
        await http.Response.CompleteAsync();

        // A client that asks first (Expect: 100-continue) sends nothing after this answer.
        if (http.Request.Headers.Expect.Count > 0)
            return;
        using var enough = new CancellationTokenSource(LingerFor, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, http.RequestAborted);
        byte[] scrap = new byte[16 * 1024];
        try
        {
            while (await http.Request.Body.ReadAsync(scrap, either.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client stopped sending, or will not be listened to any longer: the answer is out either way.
            http.Abort();
        }
    }
}
