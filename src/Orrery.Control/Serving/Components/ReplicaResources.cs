using Orrery.Control.Accelerators;
using Orrery.Resources.Pods;
using Orrery.Resources.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>What one replica may use, from what is asked for and which accelerators were chosen. Pure.</summary>
internal static class ReplicaResources
{
    private static readonly string[] Plain = ["cpu", "memory", "ephemeral-storage", "storage", "pods"];

    /// <param name="asked">Limits cap; a number of accelerators may stand among the requests too.</param>
    /// <param name="room">Null: the component does not load the model.</param>
    /// <returns>Resources, or what is wrong with what is asked for.</returns>
    public static (WorkloadResources Resources, string? Problem) Of(ResourceRequirements? asked, RoomForModel? room, string field)
    {
        var chosen = room?.Accelerators as AcceleratorDecision.Chosen;
        var counted = (asked?.Limits ?? asked?.Requests ?? new Dictionary<string, System.Text.Json.JsonElement>())
            .Concat(asked?.Limits is null ? [] : asked.Requests?.Where(r => !asked.Limits.ContainsKey(r.Key)) ?? [])
            .Where(r => IsAccelerator(r.Key) && Quantities.Parse(r.Value) is > 0)
            .OrderBy(r => r.Key, StringComparer.Ordinal).ToList();
        if (counted.Count > 1)
            return (WorkloadResources.Unlimited, $"{field}: names {string.Join(" and ", counted.Select(c => c.Key))}; a replica can have accelerators of one kind");

        AcceleratorShare? share = null;
        if (counted is [var said])
            share = new AcceleratorShare(said.Key, (int)Math.Min(int.MaxValue, Math.Ceiling(Quantities.Parse(said.Value)!.Value)), chosen?.Offer.Resource == said.Key ? chosen.Offer.ClassName : null);
        else if (chosen is not null && room?.Selected?.Count is > 0 and var count)
            share = new AcceleratorShare(chosen.Offer.Resource, count, chosen.Offer.ClassName);
        double? memory = Limit(asked, "memory");
        return (new WorkloadResources(memory is { } bytes ? (long)bytes : null, Limit(asked, "cpu"), share), null);
    }

    private static double? Limit(ResourceRequirements? asked, string name)
        => asked?.Limits is { } limits && limits.TryGetValue(name, out var value) && Quantities.Parse(value) is > 0 and var limit ? limit : null;

    private static bool IsAccelerator(string resource) => !Plain.Contains(resource) && !resource.StartsWith("hugepages-", StringComparison.Ordinal);
}
