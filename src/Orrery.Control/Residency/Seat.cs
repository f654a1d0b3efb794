namespace Orrery.Control.Residency;

/// <summary>A tenant while a decision is being made: what it holds so far.</summary>
internal sealed class Seat(Tenant tenant)
{
    public Tenant Tenant => tenant;

    /// <summary>Replicas granted. What is wanted no more is given back.</summary>
    public int Held { get; set; } = Math.Min(tenant.Granted ?? tenant.Running, tenant.Wanted);

    public long Each => Math.Max(0, tenant.MeasuredBytes ?? tenant.ForeseenBytes ?? 0);

    /// <summary>What it was promised.</summary>
    public long Committed => Bytes(Held);

    /// <summary>What it takes: also by what is being stopped, and by what is still to start.</summary>
    public long Occupied => Bytes(Math.Max(Held, tenant.Running));

    /// <summary>For one more replica.</summary>
    public long NextBytes => Bytes(Held + 1) - Committed;

    /// <summary>Given in this decision: not to be taken in the same one.</summary>
    public bool IsNew { get; set; }

    public int Overtaken { get; set; } = tenant.Overtaken;

    public Seat? EvictedFor { get; set; }

    /// <summary>Set where it asks for more than it gets.</summary>
    public Refusal? Refusal { get; set; }

    public bool IsIdle => tenant.Requests == 0;

    /// <summary>A request waits and no replica is there for it.</summary>
    public bool IsCalling => Held == 0 && tenant.Requests > 0 && tenant.Wanted > 0;

    /// <summary>What it asks for: all that it wants where it is used, else what is always to be there.</summary>
    public int Asked => IsIdle ? Math.Max(Math.Min(tenant.Least, tenant.Wanted), Held) : tenant.Wanted;

    /// <summary>What less of it would give.</summary>
    public long FreedBy(int replicas) => Committed - Bytes(Held - replicas);

    /// <summary>When it may be evicted by the time that it has been in memory.</summary>
    public DateTimeOffset OfAge(TimeSpan minResidence)
        => tenant.ResidentSince is not { } since ? DateTimeOffset.MinValue
            : (tenant.LastUsed is { } used && used < since ? used : since) + minResidence;

    private long Bytes(int replicas) => replicas <= 0 ? 0 : tenant.BesideBytes + replicas * Each;
}

/// <param name="Missing">Bytes; 0: there is enough, once those that are being stopped are gone.</param>
/// <param name="Behind">First in line, which everything that gets free is kept for.</param>
internal sealed record Refusal(long Missing, IReadOnlyList<Seat> Holders, Seat? Behind);
