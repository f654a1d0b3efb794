namespace Orrery.Storage.Origins;

/// <summary>Why an origin did not give what it was asked for.</summary>
public enum OriginFault
{
    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>Not without (other) credentials.</summary>
    Denied,

    /// <summary>Too many requests: later.</summary>
    Busy,

    /// <summary>The origin fails or cannot be reached: perhaps later.</summary>
    Unavailable,

    /// <summary>The answer ended early, or was too slow: again from where it ended.</summary>
    Broken,

    /// <summary>The file is another one than was listed: list again.</summary>
    Changed,

    /// <summary>Ranges are not given: only the whole file in one piece.</summary>
    NoRanges,

    /// <summary>An answer that makes no sense, or a redirect to where nothing is fetched from. Asking again would not help.</summary>
    Refused,
}

/// <summary>The origin, not this program, is the cause. The message names address and value, and never a credential.</summary>
/// <param name="retryAfter">How long the origin asks to wait.</param>
public sealed class OriginException(OriginFault fault, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public OriginFault Fault { get; } = fault;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
