using Orrery.Resources.Workloads;

namespace Orrery.Gateway.Routing;

/// <summary>
/// One replica's address with what this gateway knows of it. Lives on from table to table while its address stays, so that its load is not forgotten.
/// </summary>
/// <param name="version">Of what says that it is ready.</param>
internal sealed class Upstream(UpstreamAddress address, string version)
{
    private int _inFlight;
    private long _taken;
    private int _lastTicket;

    // Ticket of the ejection in force; 0: none.
    private int _ejection;
    private string _version = version;

    public UpstreamAddress Address { get; } = address;

    /// <summary>The workload that it is a replica of; null for a server that runs elsewhere.</summary>
    public WorkloadKey? Workload { get; init; }

    /// <summary>How requests to a server that runs elsewhere are changed; null for a replica, whose requests stay as they are.</summary>
    public ExternalAccess? Access { get; init; }

    /// <summary>Its last answer was HTTP/1.0: it may close a connection at any time after an answer, so each request gets one of its own.</summary>
    public bool ClosesAfterAnswer { get; set; }

    /// <summary>Requests of this gateway that it works on.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>It failed lately and gets no new requests.</summary>
    public bool Ejected => Volatile.Read(ref _ejection) != 0;

    public Lease Take()
    {
        Interlocked.Increment(ref _inFlight);
        return new Lease(this, Interlocked.Increment(ref _taken));
    }

    public void Give() => Interlocked.Decrement(ref _inFlight);

    /// <returns>A ticket for <see cref="Readmit"/>: an older ejection's end must not end a newer one.</returns>
    public int Eject()
    {
        int ticket = Interlocked.Increment(ref _lastTicket);
        Volatile.Write(ref _ejection, ticket);
        return ticket;
    }

    /// <returns>False: it was ejected again, or readmitted already.</returns>
    public bool Readmit(int ticket) => Interlocked.CompareExchange(ref _ejection, 0, ticket) == ticket;

    /// <summary>Whoever says that it is ready has looked again: what failed before may be another process by now.</summary>
    public void SeenIn(string version)
    {
        if (_version == version)
            return;
        _version = version;
        Volatile.Write(ref _ejection, 0);
    }
}

/// <summary>One request's claim on a replica. Disposing twice is safe; a forgotten one counts as load forever.</summary>
/// <param name="number">1 for the first request that this replica got.</param>
internal sealed class Lease(Upstream upstream, long number) : IDisposable
{
    private Upstream? _upstream = upstream;

    public long Number { get; } = number;

    public Upstream Upstream { get; } = upstream;

    public void Dispose() => Interlocked.Exchange(ref _upstream, null)?.Give();
}
