using System.Text.Json;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Standard;

namespace Orrery.Control.Accelerators;

/// <summary>Classes for what nodes have, and what their status says. Pure.</summary>
public static class AcceleratorClassPlan
{
    /// <summary>On classes that were made for a node's accelerators.</summary>
    public const string DiscoveredLabel = "orrery.dev/discovered";

    /// <summary>Classes that would have to be made so that each accelerator of the node has one.</summary>
    public static IReadOnlyList<AcceleratorClass> Discovered(Node node, IReadOnlyList<NamedClass> classes)
    {
        ArgumentNullException.ThrowIfNull(node);
        List<AcceleratorClass> made = [];
        foreach (var group in (NodeInventory.Accelerators(node) ?? []).GroupBy(a => (a.Vendor, a.Model, a.Resource)))
        {
            var alone = node with
            {
                Metadata = node.Metadata with { Annotations = new Dictionary<string, string> { [NodeInventory.AcceleratorsAnnotation] = NodeInventory.Write(group) } },
            };
            if (!classes.Any(c => NodeMatch.Of(c.Spec, alone).Count > 0))
                made.Add(Class([.. group]));
        }
        return [.. made.DistinctBy(c => c.Metadata.Name)];
    }

    /// <summary>Null: the status says it already.</summary>
    public static AcceleratorClassStatus? Status(AcceleratorOffer offer, AcceleratorClassStatus? before, long? generation, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(offer);
        Condition[] conditions =
        [
            Conditions.True("Accepted", "Counted", "services are placed by it"),
            offer.Total > 0
                ? Conditions.True("Available", "Found", $"{offer.Free} of {offer.Total} are free on {string.Join(", ", offer.Nodes)}")
                : Conditions.False("Available", "NotFound", "no node has accelerators of this class; spec.discovery says how they are found, and `orrery get nodes -o yaml` what there is"),
        ];
        bool isSame = before is not null && before.ObservedGeneration == generation && before.TotalAccelerators == offer.Total && before.AvailableAccelerators == offer.Free
            && (before.Nodes ?? []).SequenceEqual(offer.Nodes) && conditions.All(c => before.Conditions.Find(c.Type) is { } was && was.Status == c.Status && was.Message == c.Message);
        return isSame ? null : AcceleratorOffers.Status(offer, before) with
        {
            LastUpdated = now,
            ObservedGeneration = generation,
            Conditions = Conditions.Stamp(before?.Conditions, conditions, generation, now),
        };
    }

    private static AcceleratorClass Class(IReadOnlyList<NodeAccelerator> found)
    {
        var first = found[0];
        return new AcceleratorClass
        {
            Metadata = new Metadata { Name = NameOf(first), Labels = new Dictionary<string, string> { [DiscoveredLabel] = "true" } },
            Spec = new AcceleratorClassSpec
            {
                Vendor = first.Vendor,
                Model = first.Model,
                Capabilities = new AcceleratorCapabilities
                {
                    Memory = found.Min(a => a.MemoryBytes) is { } bytes ? JsonDocument.Parse($"\"{bytes >> 20}Mi\"").RootElement : null,
                    ComputeCapability = found.Select(a => a.ComputeCapability).FirstOrDefault(c => c is not null),
                },
                Resources = [new AcceleratorResource { Name = first.Resource }],
            },
        };
    }

    /// <summary><c>NVIDIA H100 80GB HBM3</c> is <c>nvidia-h100-80gb-hbm3</c>.</summary>
    private static string NameOf(NodeAccelerator one)
    {
        string model = new([.. one.Model.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        string[] words = model.Split('-', StringSplitOptions.RemoveEmptyEntries);
        string name = string.Join('-', words is [var head, ..] && head == one.Vendor ? words : words.Prepend(one.Vendor));
        return name.Length <= 63 ? name : name[..63].TrimEnd('-');
    }
}
