namespace Orrery.Control.Residency;

/// <summary>
/// Whose replicas are in memory, under a budget in bytes. Pure.
/// <list type="number">
/// <item>Everybody keeps what was granted before, as far as it is still wanted.</item>
/// <item>Where those have grown above the budget, idle ones go.</item>
/// <item>Those that ask for more stand in line: by priority, requests before replicas that nobody uses, then by time. Each is given free room, else room that
/// idle ones make; that is kept for the one it is made for, and given when the stopped replicas are gone.</item>
/// <item>One that cannot be given any lets later ones by, for a bounded time and number of times. From then on all room that gets free is kept for it.</item>
/// </list>
/// </summary>
public static class ResidencyPlan
{
    /// <param name="budgetBytes">Null: there is no bound.</param>
    public static ResidencyDecision Decide(IReadOnlyCollection<Tenant> tenants, long? budgetBytes, DateTimeOffset now, ResidencyOptions options)
    {
        ArgumentNullException.ThrowIfNull(tenants);
        ArgumentNullException.ThrowIfNull(options);
        if (budgetBytes is not { } budget)
            return new ResidencyDecision(tenants.ToDictionary(t => t.Service, t => new Grant(t.Wanted, GrantOutcome.Granted, "there is no memory budget")), null);
        List<Seat> seats = [.. tenants.Select(t => new Seat(t))];

        // :: Step 2
        bool over = Shrink(seats, budget);

        // :: Step 3
        List<Seat> passed = [];
        long reserved = 0;
        DateTimeOffset? next = null;
        foreach (var seat in Line(seats, budget))
        {
            while (seat.Held < seat.Asked && seat.Refusal is null)
            {
                long missing = seat.NextBytes + reserved + seats.Sum(s => s.Committed) - budget;
                if (passed.Find(p => HasWaitedEnough(p, now, options)) is { } first)
                    seat.Refusal = new Refusal(missing, [], first);
                else if (missing > 0 && !MakeRoom(seat, seats, missing, budget, now, options, ref next))
                    seat.Refusal = new Refusal(missing, Holders(seats), null);
                else if (!TryTake(seat, seats, budget))
                {
                    reserved += seat.NextBytes;
                    seat.Refusal = new Refusal(0, [.. seats.Where(s => s.Tenant.Running > s.Held && s != seat).OrderBy(Name, StringComparer.Ordinal)], null);
                }
                else
                    passed.ForEach(p => p.Overtaken++);
            }
            // :: Step 4
            if (seat.IsCalling && seat.Refusal is { Missing: > 0, Behind: null } && CanEverHave(seat, seats, budget))
                passed.Add(seat);
        }
        return new ResidencyDecision(seats.ToDictionary(s => s.Tenant.Service, s => GrantText.Of(s, budget, over)), next - now);
    }

    /// <returns>False: those that are left are still above the budget, and none of them is idle.</returns>
    private static bool Shrink(List<Seat> seats, long budget)
    {
        long excess = seats.Sum(s => s.Committed) - budget;
        if (excess <= 0)
            return false;
        List<Seat> idle = [.. Victims.InOrder(seats)];
        var enough = Victims.Enough(idle, excess);
        foreach (var victim in enough ?? [.. idle.Select(s => new Victim(s, s.Held))])
            victim.Seat.Held -= victim.Replicas;
        return enough is null;
    }

    // One that is larger than everything stands in nobody's way.
    private static List<Seat> Line(List<Seat> seats, long budget) =>
    [
        .. seats.Where(s => s.Held < s.Asked && !(s.Held == 0 && s.NextBytes > budget))
            .OrderByDescending(s => s.Tenant.Priority)
            .ThenBy(s => s.IsCalling ? 0 : s.IsIdle ? 2 : 1)
            .ThenBy(s => s.Tenant.WaitingSince ?? DateTimeOffset.MaxValue)
            .ThenBy(Name, StringComparer.Ordinal),
    ];

    /// <returns>False: nobody was stopped for it, or what was is kept and not enough yet.</returns>
    private static bool MakeRoom(Seat seat, List<Seat> seats, long missing, long budget, DateTimeOffset now, ResidencyOptions options, ref DateTimeOffset? next)
    {
        List<Seat> candidates = [.. Victims.InOrder(seats).Where(v => v.MayGoFor(seat))];
        foreach (var young in candidates.Select(c => c.OfAge(options.MinResidence)).Where(t => t > now))
            next = next < young ? next : young;
        candidates.RemoveAll(c => c.OfAge(options.MinResidence) > now);
        var enough = Victims.Enough(candidates, missing);
        // Piece by piece, once it has waited for long enough: those that serve in turns are never idle all at once.
        bool collects = enough is null && seat.IsCalling && HasWaitedEnough(seat, now, options) && CanEverHave(seat, seats, budget);
        if (enough is null && seat.IsCalling && seat.Tenant.WaitingSince + options.Patience is { } end && end > now)
            next = next < end ? next : end;
        foreach (var victim in enough ?? (collects ? [.. candidates.Select(c => new Victim(c, c.Held))] : []))
        {
            victim.Seat.Held -= victim.Replicas;
            victim.Seat.EvictedFor = seat;
        }
        return enough is not null;
    }

    /// <summary>Room that is still occupied is kept, not given.</summary>
    private static bool TryTake(Seat seat, List<Seat> seats, long budget)
    {
        seat.Held++;
        seat.IsNew = true;
        if (seat.Tenant.Running >= seat.Held || seats.Sum(s => s.Occupied) <= budget)
            return true;
        seat.Held--;
        return false;
    }

    private static bool HasWaitedEnough(Seat seat, DateTimeOffset now, ResidencyOptions options)
        => seat.Overtaken >= options.MaxOvertakings || now - seat.Tenant.WaitingSince >= options.Patience;

    /// <summary>If all that may go for it ever went.</summary>
    private static bool CanEverHave(Seat seat, List<Seat> seats, long budget)
        => seat.NextBytes <= budget - seats.Where(s => s != seat && (s.Tenant.Pinned || !s.MayGoFor(seat))).Sum(s => s.Committed);

    private static List<Seat> Holders(List<Seat> seats) => [.. seats.Where(s => s.Held > 0).OrderByDescending(s => s.Committed).ThenBy(Name, StringComparer.Ordinal)];

    private static string Name(Seat seat) => seat.Tenant.Service.ToString();
}
