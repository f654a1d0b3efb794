using System.Diagnostics;

namespace Orrery.Engine.Statistics;

/// <summary>
/// The parts of a request's time as spans under whichever span was current when it came:
/// <code>
///   queue ──▶ prefill ──▶ decode
/// </code>
/// Each is made when it is over, so nothing is held while it lasts, and nothing at all where nobody listens.
/// </summary>
internal static class RequestSpans
{
    private static readonly ActivitySource Source = new("Orrery.Engine");

    /// <returns>Null: nobody listens, or the request's own span is not recorded.</returns>
    public static ActivityContext? Parent()
        => Source.HasListeners() && Activity.Current is { Recorded: true } current ? current.Context : null;

    public static void Add(ActivityContext parent, string name, DateTimeOffset start, DateTimeOffset end, string? countName = null, int count = 0)
    {
        if (Source.StartActivity(name, ActivityKind.Internal, parent, startTime: start) is not { } span)
            return;
        if (countName is not null)
            span.SetTag(countName, count);
        span.SetEndTime(end.UtcDateTime);
        span.Dispose();
    }
}
