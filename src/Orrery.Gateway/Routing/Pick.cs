namespace Orrery.Gateway.Routing;

/// <summary>How the search for a replica ended.</summary>
internal abstract record Pick
{
    public sealed record To(Lease Lease) : Pick;

    /// <summary>There is no such service, or no longer.</summary>
    public sealed record UnknownService : Pick;

    /// <summary>As many requests wait for this service as may.</summary>
    public sealed record TooManyWaiting(int Bound) : Pick;

    /// <summary>None will become ready until somebody changes something.</summary>
    public sealed record Blocked(string Why) : Pick;

    /// <summary>None became ready in time.</summary>
    public sealed record NoneReady : Pick;

    /// <summary>The gateway stops.</summary>
    public sealed record Stopping : Pick;
}
