using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Logs;

/// <summary>Sends lines as plain text, each flushed while following. Ends with the lines, at the limit, when the client goes, or when the server stops.</summary>
internal static class LogStream
{
    private const int FlushBytes = 16 * 1024;

    /// <param name="format">The line as it is shown, without its end.</param>
    public static async Task WriteAsync(
        HttpContext http, LogQuery query, Func<CancellationToken, IAsyncEnumerable<LogLine>> lines, Func<LogLine, string> format, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.BodyWriter.FlushAsync(end.Token);
        try
        {
            await WriteAsync(http, query, lines(end.Token), format, end.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops: what was sent is whole lines.
        }
    }

    /// <summary>The time as in the log's files: RFC 3339 with parts of seconds.</summary>
    public static string Time(LogLine line) => line.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);

    private static async Task WriteAsync(HttpContext http, LogQuery query, IAsyncEnumerable<LogLine> lines, Func<LogLine, string> format, CancellationToken ct)
    {
        long left = query.LimitBytes ?? long.MaxValue;
        int unflushed = 0;
        await foreach (var line in lines.WithCancellation(ct))
        {
            byte[] text = Encoding.UTF8.GetBytes($"{(query.Timestamps ? $"{Time(line)} " : "")}{format(line)}\n");
            int taken = (int)Math.Min(left, text.Length);
            http.Response.BodyWriter.Write(text.AsSpan(0, taken));
            left -= taken;
            unflushed += taken;
            if (left == 0)
                break;
            if (!query.Request.Follow && unflushed < FlushBytes)
                continue;
            await http.Response.BodyWriter.FlushAsync(ct);
            unflushed = 0;
        }
        await http.Response.BodyWriter.FlushAsync(ct);
    }
}
