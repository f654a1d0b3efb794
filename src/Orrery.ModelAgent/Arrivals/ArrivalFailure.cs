using Orrery.Control.Models;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Arrivals;

/// <summary>Ends an arrival for now: something that the model's owner can see and mend.</summary>
internal sealed class ArrivalException(string reason, string message, TimeSpan? retryAfter) : Exception(message)
{
    public ModelArrival.Failed Failed { get; } = new(reason, message, retryAfter);
}

/// <summary>From what went wrong to what is said of it. Pure.</summary>
internal static class ArrivalFailure
{
    /// <summary>The world may have changed by then.</summary>
    public static TimeSpan LongRetry { get; } = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ShortRetry = TimeSpan.FromMinutes(1);

    /// <summary>Null: a fault of this program.</summary>
    public static ModelArrival.Failed? Of(Exception e) => e switch
    {
        ArrivalException known => known.Failed,
        OriginException origin => origin.Fault switch
        {
            OriginFault.NotFound => new("OriginNotFound", origin.Message, LongRetry),
            OriginFault.Denied => new("AccessDenied", origin.Message, LongRetry),
            OriginFault.Busy => new("TooManyRequests", $"{origin.Message}; tried again later", Later(origin, ShortRetry)),
            OriginFault.Unavailable or OriginFault.Broken => new("OriginUnavailable", $"{origin.Message}; tried again later", Later(origin, ShortRetry)),
            OriginFault.Changed => new("OriginChanged", $"{origin.Message}; tried again later", ShortRetry),
            _ => new("OriginRefused", origin.Message, LongRetry),
        },
        IOException or UnauthorizedAccessException => new("DiskFailed", $"the files cannot be written: {e.Message.TrimEnd('.')}", ShortRetry),
        _ => null,
    };

    private static TimeSpan Later(OriginException e, TimeSpan least) => e.RetryAfter is { } asked && asked > least ? asked : least;
}
