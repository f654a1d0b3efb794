using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orrery.Platform.Access;

namespace Orrery.Gateway.Telemetry;

/// <summary>
/// A request and its answer, as they are counted, logged and traced. Whoever handles the request writes here what it comes to know; nothing of prompts and
/// texts. Belongs to one request, so not safe for use by several threads at once.
/// </summary>
internal sealed class Exchange(GatewayMetrics metrics, TimeProvider time, string operation)
{
    private readonly long _started = time.GetTimestamp();
    private long? _firstByte;
    private long _lastPiece;

    public DateTimeOffset At { get; } = time.GetUtcNow();

    public string Operation { get; } = operation;

    /// <summary>As the client sent it, before it was translated.</summary>
    public required string Path { get; init; }

    /// <summary>Spans of the request; null: nobody listens.</summary>
    public Activity? Span { get; init; }

    public Caller? Caller { get; set; }

    /// <summary>Of the service that answers; null until it is known that there is one and that the caller may use it.</summary>
    public string? Model { get; private set; }

    public ModelTags Tags { get; private set; } = metrics.Models.Of(ModelTagTable.None, operation);

    public bool IsStream { get; set; }

    public long BytesIn { get; set; }

    /// <summary>Of the replica's answer.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Events of a stream.</summary>
    public long Events { get; private set; }

    /// <summary>For a replica, in all.</summary>
    public TimeSpan Waited { get; set; }

    public int Tries { get; set; }

    /// <summary>The replica that was asked last.</summary>
    public string? Replica { get; set; }

    public AnswerUsage Usage { get; set; }

    /// <summary>One word for what went wrong after the answer began.</summary>
    public string? BrokenBy { get; set; }

    /// <summary>Whoever handled it came to its end; else the client went, or it failed.</summary>
    public bool Handled { get; set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>From arrival to the first byte of the replica's answer.</summary>
    public TimeSpan? ToFirstByte => _firstByte is { } at ? time.GetElapsedTime(_started, at) : null;

    /// <summary>From the first to the last piece of an answer, for each event after the first. Null: it came in one piece, which tells nothing.</summary>
    public TimeSpan? PerEvent => Events > 1 && _firstByte is { } at && _lastPiece > at ? time.GetElapsedTime(at, _lastPiece) / (Events - 1) : null;

    /// <summary>Requests that come another way have none of the gateway's own.</summary>
    public static Exchange Of(HttpContext http) => http.Features.GetRequiredFeature<Exchange>();

    public void Goes(string model)
    {
        Model = model;
        Tags = metrics.Models.Of(model, Operation);
    }

    /// <summary>A piece of an answer passed on. The first byte of a stream is taken for its first token's.</summary>
    /// <param name="events">That ended in it.</param>
    public void Passed(int bytes, int events, bool isStream)
    {
        BytesOut += bytes;
        Events += events;
        long now = time.GetTimestamp();
        if (_firstByte is null)
        {
            _firstByte = now;
            if (isStream)
                metrics.FirstToken.Record(time.GetElapsedTime(_started, now).TotalSeconds, Tags.Plain);
        }
        else if (isStream && events > 0)
        {
            metrics.InterToken.Record(time.GetElapsedTime(_lastPiece, now).TotalSeconds, Tags.Plain);
        }
        _lastPiece = now;
    }
}
