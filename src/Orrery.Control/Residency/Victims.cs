namespace Orrery.Control.Residency;

/// <summary>Who goes to make room. Pure.</summary>
/// <param name="Replicas">To stop: of one with several no more than needed.</param>
internal readonly record struct Victim(Seat Seat, int Replicas)
{
    public long Bytes => Seat.FreedBy(Replicas);
}

internal static class Victims
{
    /// <summary>Lowest priority first, then the least recently used. Never one that serves or is pinned.</summary>
    public static IEnumerable<Seat> InOrder(IEnumerable<Seat> seats)
        => seats.Where(s => s.Held > 0 && s.IsIdle && !s.Tenant.Pinned && !s.IsNew)
            .OrderBy(s => s.Tenant.Priority)
            .ThenBy(s => s.Tenant.LastUsed ?? s.Tenant.ResidentSince ?? DateTimeOffset.MinValue)
            .ThenBy(s => s.Tenant.Service.ToString(), StringComparer.Ordinal);

    /// <summary>For one that asks: a request may take the room of those of its own priority, a replica that nobody asks for or a further one only that of lower ones.</summary>
    public static bool MayGoFor(this Seat victim, Seat asking)
        => victim != asking && (asking.IsCalling ? victim.Tenant.Priority <= asking.Tenant.Priority : victim.Tenant.Priority < asking.Tenant.Priority);

    /// <summary>As few as free so many bytes; null: not even all of them do.</summary>
    public static IReadOnlyList<Victim>? Enough(IEnumerable<Seat> candidates, long bytes)
    {
        List<Victim> chosen = [];
        long freed = 0;
        foreach (var seat in candidates)
        {
            if (freed >= bytes)
                break;
            int replicas = 1;
            while (replicas < seat.Held && freed + seat.FreedBy(replicas) < bytes)
                replicas++;
            chosen.Add(new Victim(seat, replicas));
            freed += chosen[^1].Bytes;
        }
        if (freed < bytes)
            return null;
        // A large one that came last may do alone: those that are spared first are the ones used last.
        for (int i = chosen.Count - 2; i >= 0; i--)
        {
            if (freed - chosen[i].Bytes < bytes)
                continue;
            freed -= chosen[i].Bytes;
            chosen.RemoveAt(i);
        }
        return chosen;
    }
}
