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

    // No node has more; a count that somebody wrote may be anything.
    private const int MaxOnNode = 4096;

    // Error correction and the driver take up to a sixteenth; half as much memory is another model.
    private const double LeastShare = 0.8;

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

    /// <summary>Whether an accelerator of a node that the class may be on is of the class.</summary>
    public static bool IsSame(AcceleratorClassSpec spec, NodeAccelerator one)
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
        // A selector or a number on the bus says which ones are meant; else the vendor's name for it must have the model's name, and it must have the memory.
        return discovery?.NodeSelector is { Count: > 0 } || discovery?.DeviceIds is { Count: > 0 } || discovery?.Affinity is not null
            || (spec.Model is { } model && IsNamed(one.Model, model) && !(one.MemoryBytes < Quantities.Parse(spec.Capabilities?.Memory) * LeastShare));
    }

    /// <summary>Whether some words of a name are the model's, however either divides them: an L40S is no L4, and <c>NVIDIA H100 80GB HBM3</c> is an <c>h100-80gb</c>.</summary>
    private static bool IsNamed(string name, string model)
    {
        string[] words = Words(name);
        string wanted = string.Concat(Words(model));
        for (int first = 0; first < words.Length; first++)
        {
            string run = "";
            for (int last = first; last < words.Length && run.Length < wanted.Length; last++)
                run += words[last];
            if (wanted.Length > 0 && run == wanted)
                return true;
        }
        return false;
    }

    private static int Counted(AcceleratorClassSpec spec, Node node)
    {
        foreach (var resource in spec.Resources is { Count: > 0 } named ? named : [new AcceleratorResource { Name = DefaultResource }])
        {
            double each = Quantities.Parse(resource.Quantity) ?? 1;
            if (Quantities.Parse(node.Status?.Allocatable?.GetValueOrDefault(resource.Name!)) is > 0 and var there && each > 0)
                return (int)Math.Min(MaxOnNode, there / each);
        }
        return 0;
    }

    private static bool IsSameId(string wanted, string? actual)
        => actual is not null && string.Equals(Hex(wanted), Hex(actual), StringComparison.OrdinalIgnoreCase);

    private static string Hex(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;

    private static string[] Words(string text)
        => new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The required part of Kubernetes' node affinity, over labels: one of the terms must hold, and of a term every expression; one without expressions holds for no node. Pure.</summary>
internal static class Affinity
{
    public static bool Holds(JsonElement? affinity, IReadOnlyDictionary<string, string> labels)
    {
        if (Field(Field(Field(affinity, "nodeAffinity") ?? affinity, "requiredDuringSchedulingIgnoredDuringExecution"), "nodeSelectorTerms") is not { ValueKind: JsonValueKind.Array } terms
            || terms.GetArrayLength() == 0)
            return true;
        return terms.EnumerateArray().Any(t => Field(t, "matchExpressions") is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() > 0 && all.EnumerateArray().All(e => Holds(e, labels)));
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
