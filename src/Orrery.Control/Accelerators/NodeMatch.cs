using System.Globalization;
using System.Text.Json;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Standard;
using Orrery.Resources.Text;

namespace Orrery.Control.Accelerators;

/// <summary>What a node has of a class.</summary>
/// <param name="MemoryBytes">Of the smallest of them.</param>
/// <param name="Resource">What the node counts them as; null: as the class says.</param>
internal readonly record struct NodeMatches(int Count, long? MemoryBytes, string? ComputeCapability, string? Resource = null);

/// <summary>Whether a node has accelerators of a class, and how many. Every part of the discovery that is set must match. Pure.</summary>
internal static class NodeMatch
{
    public const string DefaultResource = "nvidia.com/gpu";

    public static NodeMatches Of(AcceleratorClassSpec spec, Node node)
    {
        var discovery = spec.Discovery;
        var labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        if (discovery?.NodeSelector?.Any(l => labels.GetValueOrDefault(l.Key) != l.Value) == true || !Affinity.Holds(discovery?.Affinity, labels))
            return default;

        if (NodeInventory.Accelerators(node) is { } accelerators)
        {
            var same = accelerators.Where(a => IsSame(spec, a)).ToList();
            return new NodeMatches(same.Count, same.Min(a => a.MemoryBytes), same.Select(a => a.ComputeCapability).FirstOrDefault(c => c is not null), same.FirstOrDefault()?.Resource);
        }
        // A node that somebody else wrote has counts alone, so something must name its nodes.
        if (discovery?.NodeSelector is not { Count: > 0 } && discovery?.Affinity is null)
            return default;
        return discovery.PciVendorId is null && discovery.DeviceIds is null ? new NodeMatches(Counted(spec, node), null, null) : default;
    }

    private static bool IsSame(AcceleratorClassSpec spec, NodeAccelerator one)
    {
        var discovery = spec.Discovery;
        if (discovery?.PciVendorId is { } vendor && !IsSameId(vendor, one.PciVendor))
            return false;
        if (discovery?.DeviceIds is { Count: > 0 } devices && !devices.Any(d => IsSameId(d, one.PciDevice)))
            return false;
        if (spec.Resources is { Count: > 0 } resources && !resources.Any(r => r.Name == one.Resource))
            return false;
        if (spec.Vendor is { } maker && !string.Equals(maker, one.Vendor, StringComparison.OrdinalIgnoreCase))
            return false;
        // A selector or a number on the bus says which ones are meant; else the model's name must be part of the vendor's name for it.
        return discovery?.NodeSelector is { Count: > 0 } || discovery?.DeviceIds is { Count: > 0 } || discovery?.Affinity is not null
            || (spec.Model is { } model && Plain(one.Model).Contains(Plain(model), StringComparison.Ordinal));
    }

    private static int Counted(AcceleratorClassSpec spec, Node node)
    {
        foreach (var resource in spec.Resources is { Count: > 0 } named ? named : [new AcceleratorResource { Name = DefaultResource }])
        {
            double each = Quantities.Parse(resource.Quantity) ?? 1;
            if (Quantities.Parse(node.Status?.Allocatable?.GetValueOrDefault(resource.Name!)) is > 0 and var there && each > 0)
                return (int)Math.Min(int.MaxValue, there / each);
        }
        return 0;
    }

    private static bool IsSameId(string wanted, string? actual)
        => actual is not null && string.Equals(Hex(wanted), Hex(actual), StringComparison.OrdinalIgnoreCase);

    private static string Hex(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;

    private static string Plain(string text) => new([.. text.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]);
}

/// <summary>The required part of Kubernetes' node affinity, over labels: one of the terms must hold, and of a term every expression. Pure.</summary>
internal static class Affinity
{
    public static bool Holds(JsonElement? affinity, IReadOnlyDictionary<string, string> labels)
    {
        if (Field(Field(Field(affinity, "nodeAffinity") ?? affinity, "requiredDuringSchedulingIgnoredDuringExecution"), "nodeSelectorTerms") is not { ValueKind: JsonValueKind.Array } terms
            || terms.GetArrayLength() == 0)
            return true;
        return terms.EnumerateArray().Any(t => Field(t, "matchExpressions") is { ValueKind: JsonValueKind.Array } all && all.EnumerateArray().All(e => Holds(e, labels)));
    }

    private static bool Holds(JsonElement expression, IReadOnlyDictionary<string, string> labels)
    {
        string key = Text(Field(expression, "key"));
        string? actual = labels.GetValueOrDefault(key);
        List<string> values = Field(expression, "values") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(v => Text(v))] : [];
        return Text(Field(expression, "operator")) switch
        {
            "In" => actual is not null && values.Contains(actual),
            "NotIn" => actual is null || !values.Contains(actual),
            "Exists" => actual is not null,
            "DoesNotExist" => actual is null,
            "Gt" => Number(actual) > Number(values.FirstOrDefault()),
            "Lt" => Number(actual) < Number(values.FirstOrDefault()),
            _ => false,
        };
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static JsonElement? Field(JsonElement? json, string name)
        => json is { ValueKind: JsonValueKind.Object } fields && fields.TryGetProperty(name, out var value) ? value : null;

    private static string Text(JsonElement? json) => json is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
}
