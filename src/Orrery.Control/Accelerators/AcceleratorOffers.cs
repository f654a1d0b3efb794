using System.Globalization;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Standard;
using Orrery.Resources.Text;

namespace Orrery.Control.Accelerators;

/// <summary>Counts what nodes have of each class. A class without a match is an offer of none. Pure.</summary>
public static class AcceleratorOffers
{
    public static IReadOnlyList<AcceleratorOffer> Of(IReadOnlyList<NamedClass> classes, IReadOnlyList<Node> nodes, IReadOnlyList<AcceleratorClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return [.. classes.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => Count(c, classes, nodes, claims)).Where(o => o.Total > 0)];
    }

    /// <summary>Also of a class that no node has.</summary>
    /// <param name="classes">All that there are: some may be of the same accelerators.</param>
    public static AcceleratorOffer Count(NamedClass named, IReadOnlyList<NamedClass> classes, IReadOnlyList<Node> nodes, IReadOnlyList<AcceleratorClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(named);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(claims);
        var spec = named.Spec;
        var found = nodes.Select(n => (Node: n, Matches: NodeMatch.Of(spec, n))).Where(f => f.Matches.Count > 0).OrderBy(f => f.Node.Metadata.Name, StringComparer.Ordinal).ToList();
        int total = found.Sum(f => f.Matches.Count);
        int perNode = found.Count == 0 ? 0 : found.Max(f => f.Matches.Count);
        var used = claims.GroupBy(c => c.ClassName).Select(g => new AcceleratorClaim(g.Key, (int)Math.Min(int.MaxValue, g.Sum(c => (long)c.Count)))).ToList();
        long? seen = found.Select(f => f.Matches.MemoryBytes).Min(), said = Quantities.Parse(spec.Capabilities?.Memory) is { } bytes ? (long)bytes : null;
        var offer = new AcceleratorOffer(named.Name)
        {
            Vendor = spec.Vendor?.ToLowerInvariant(),
            Family = spec.Family?.ToLowerInvariant(),
            Resource = found.Select(f => f.Matches.Resource).FirstOrDefault(r => r is not null) ?? (spec.Resources is [var first, ..] ? first.Name : null) ?? NodeMatch.DefaultResource,
            // Of one accelerator, never of the node: what the class says, or what the smallest that was found has where that is less.
            MemoryBytes = said < seen ? said : seen ?? said,
            ArchitectureVersion = spec.Capabilities?.ComputeCapability ?? found.Select(f => f.Matches.ComputeCapability).FirstOrDefault(),
            Features = spec.Capabilities?.Features ?? [],
            Performance = spec.Capabilities?.Performance,
            Bandwidth = Quantities.Parse(spec.Capabilities?.MemoryBandwidth),
            Cost = spec.Cost,
            Nodes = [.. found.Select(f => f.Node.Metadata.Name!)],
            Total = total,
            Free = total,
            Shared = found.Count == 0 ? new Dictionary<string, int>() : classes.Where(c => c.Name != named.Name)
                .Select(c => KeyValuePair.Create(c.Name, found.Sum(f => NodeMatch.Shared(spec, c.Spec, f.Node)))).Where(s => s.Value > 0).ToDictionary(),
            PerNode = perNode,
            FullNodes = found.Count(f => f.Matches.Count == perNode),
        };
        return used.Aggregate(offer, (left, claim) => left.Less(claim));
    }

    /// <summary>The status of the class.</summary>
    public static AcceleratorClassStatus Status(AcceleratorOffer offer, AcceleratorClassStatus? before)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return (before ?? new AcceleratorClassStatus()) with
        {
            Nodes = offer.Nodes,
            AvailableNodes = offer.Nodes.Count,
            TotalAccelerators = offer.Total,
            AvailableAccelerators = offer.Free,
        };
    }

    internal static string Text(long? bytes) => bytes is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known / (double)(1L << 30):0.#} GiB") : "unknown";
}
