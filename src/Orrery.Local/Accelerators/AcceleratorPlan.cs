using Orrery.Local.Machine;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Accelerators;

/// <summary>Who has an accelerator.</summary>
/// <param name="Owner"><c>NAMESPACE/WORKLOAD/REPLICA</c></param>
internal sealed record HeldAccelerator(string Id, string Owner);

internal abstract record AcceleratorOutcome
{
    public sealed record Given(IReadOnlyList<Accelerator> Accelerators) : AcceleratorOutcome;

    /// <param name="Message">How many are free, and who has the others.</param>
    public sealed record Taken(string Message) : AcceleratorOutcome;
}

/// <summary>Which accelerators a replica gets for itself alone. Pure.</summary>
internal static class AcceleratorPlan
{
    private const int MaxOwners = 8;

    /// <param name="all">Those of the machine.</param>
    /// <param name="held">Those that replicas have. One that is not in the machine any more may be among them.</param>
    /// <param name="isOfClass">Whether one is of the class that the share names.</param>
    public static AcceleratorOutcome Give(
        IReadOnlyList<Accelerator> all, IReadOnlyCollection<HeldAccelerator> held, AcceleratorShare share, Func<Accelerator, bool> isOfClass)
    {
        var suited = all.Where(a => a.Resource == share.Resource && isOfClass(a)).ToList();
        var taken = held.ToDictionary(h => h.Id, h => h.Owner, StringComparer.Ordinal);
        var free = suited.Where(a => !taken.ContainsKey(a.Id)).Take(share.Count).ToList();
        if (free.Count >= share.Count)
            return new AcceleratorOutcome.Given(free);

        string what = share.Class is null ? share.Resource : $"{share.Resource} of class {share.Class}";
        if (suited.Count < share.Count)
            return new AcceleratorOutcome.Taken($"it needs {share.Count} {what}, and this machine has {suited.Count}");
        var owners = suited.Where(a => taken.ContainsKey(a.Id)).GroupBy(a => taken[a.Id]).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        string rest = owners.Count > MaxOwners ? $", and {owners.Count - MaxOwners} more" : "";
        return new AcceleratorOutcome.Taken(
            $"it needs {share.Count} {what}, and {free.Count} of {suited.Count} are free: {string.Join(", ", owners.Take(MaxOwners).Select(g => $"{g.Key} has {g.Count()}"))}{rest}");
    }
}
