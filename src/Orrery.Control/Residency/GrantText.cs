using Orrery.Control.Fitting;

namespace Orrery.Control.Residency;

/// <summary>What a decision says to one service. Pure.</summary>
internal static class GrantText
{
    private const int MaxHolders = 5;

    /// <param name="over">Those that serve are above the budget.</param>
    public static Grant Of(Seat seat, long budget, bool over)
    {
        var tenant = seat.Tenant;
        string limit = $"the memory budget of {FitRoom.Text(budget)}";
        if (tenant.Wanted == 0)
            return new Grant(0, GrantOutcome.Granted, "no replica is wanted");
        if (seat.Held == 0 && seat.NextBytes > budget)
            return new Grant(0, GrantOutcome.TooLarge, $"one replica takes {FitRoom.Text(seat.NextBytes)}, and {limit} is smaller; raise serving.memoryBudget, or take a smaller model, quantization or context");
        var evictedFor = seat.Held == 0 ? seat.EvictedFor?.Tenant.Service ?? tenant.EvictedFor : null;
        if (seat.Held == 0 && seat.IsIdle && (evictedFor is not null || seat.Asked == 0))
        {
            string why = evictedFor is null ? "it is not in memory, and no request waits for it" : $"it was stopped to make room for {evictedFor.Namespace}/{evictedFor.Name}";
            return new Grant(0, GrantOutcome.Evicted, $"{why}; the next request brings it back", EvictedFor: evictedFor);
        }
        if (over && seat.Held > 0)
            return new Grant(seat.Held, GrantOutcome.OverBudget, $"the replicas that serve have grown above {limit}; none of them is idle, so none is stopped");
        if (seat.Refusal is { } refusal)
        {
            int serving = tenant.Wanted - tenant.Extra;
            string message = $"{(seat.Held == 0 ? "a replica" : seat.Held < serving ? $"replica {seat.Held + 1} of {serving}" : "one more replica for a change of the service")} takes {FitRoom.Text(seat.NextBytes)} of {limit}; {Why(refusal)}";
            return new Grant(
                seat.Held, seat.Held == 0 ? GrantOutcome.WaitingForMemory : GrantOutcome.Fewer, message, Math.Max(0, refusal.Missing), seat.IsCalling ? seat.Overtaken : 0, evictedFor);
        }
        return new Grant(seat.Held, GrantOutcome.Granted, $"within {limit}");
    }

    private static string Why(Refusal refusal)
    {
        if (refusal.Behind is { } first)
            return $"room that gets free goes to {Name(first)} first, which has waited for longer";
        if (refusal.Missing == 0)
            return $"room is being made: {string.Join(", ", refusal.Holders.Take(MaxHolders).Select(Name))}";
        var holders = refusal.Holders.Take(MaxHolders).Select(h => $"{Name(h)} {FitRoom.Text(h.Committed)}{(h.Tenant.Pinned ? ", pinned" : h.IsIdle ? "" : ", serves")}");
        int more = refusal.Holders.Count - MaxHolders;
        return $"{FitRoom.Text(refusal.Missing)} are missing, held by {string.Join("; ", holders)}{(more > 0 ? $"; and {more} more" : "")}";
    }

    private static string Name(Seat seat) => $"{seat.Tenant.Service.Namespace}/{seat.Tenant.Service.Name}";
}
