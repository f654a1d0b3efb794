using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Resources.Standard;

/// <summary>One accelerator of a node, in more detail than a count.</summary>
/// <param name="Vendor">In small letters, such as <c>nvidia</c>.</param>
/// <param name="Resource">What it counts as in the node's capacity: <c>nvidia.com/gpu</c>.</param>
/// <param name="Model">As the vendor names it.</param>
/// <param name="MemoryBytes">Its own. Null: unknown, or it shares the machine's.</param>
/// <param name="ComputeCapability">Such as <c>9.0</c>; of AMD's the target, such as <c>gfx942</c>. Null: unknown.</param>
/// <param name="PciVendor">Four hexadecimal digits, such as <c>10de</c>. Null: unknown.</param>
/// <param name="PciDevice">Four hexadecimal digits, such as <c>2335</c>. Null: unknown.</param>
public sealed record NodeAccelerator(
    string Vendor, string Resource, string Model, long? MemoryBytes = null, string? ComputeCapability = null, string? PciVendor = null, string? PciDevice = null);

/// <summary>What a node has beyond what Kubernetes' fields can say: two annotations, as JSON. Whoever decides where something runs reads nothing else of a machine.</summary>
public static class NodeInventory
{
    /// <summary>A list of accelerators.</summary>
    public const string AcceleratorsAnnotation = "orrery.dev/accelerators";

    /// <summary>Programs that runtimes start, each with whether it was found: <c>{"vllm":false}</c>.</summary>
    public const string ProgramsAnnotation = "orrery.dev/programs";

    /// <summary>Label: what runs containers there, <c>podman</c> or <c>docker</c>. Without it nothing does.</summary>
    public const string ContainersLabel = "orrery.dev/containers";

    // More than any machine has; keeps the annotation far below the bound that Kubernetes sets.
    private const int MaxAccelerators = 256;

    // Reading a field of an object that has it twice would throw.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static string Write(IEnumerable<NodeAccelerator> accelerators)
        => new JsonArray([.. accelerators.Take(MaxAccelerators).Select(a => (JsonNode)new JsonObject(new Dictionary<string, JsonNode?>
        {
            ["vendor"] = a.Vendor, ["resource"] = a.Resource, ["model"] = a.Model, ["memoryBytes"] = a.MemoryBytes,
            ["computeCapability"] = a.ComputeCapability, ["pciVendor"] = a.PciVendor, ["pciDevice"] = a.PciDevice,
        }.Where(f => f.Value is not null)))]).ToJsonString();

    public static string Write(IEnumerable<KeyValuePair<string, bool>> programs)
        => new JsonObject(programs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))).ToJsonString();

    public static bool RunsContainers(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Metadata.Labels?.ContainsKey(ContainersLabel) == true;
    }

    /// <returns>Null: nobody wrote it, or not as it is written here.</returns>
    public static IReadOnlyList<NodeAccelerator>? Accelerators(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (Annotation(node, AcceleratorsAnnotation) is not JsonArray list)
            return null;
        return
        [
            .. list.OfType<JsonObject>().Select(a => new NodeAccelerator(
                Text(a, "vendor") ?? "", Text(a, "resource") ?? "", Text(a, "model") ?? "",
                a["memoryBytes"] is JsonValue memory && memory.TryGetValue(out long bytes) ? bytes : null,
                Text(a, "computeCapability"), Text(a, "pciVendor"), Text(a, "pciDevice"))),
        ];
    }

    /// <inheritdoc cref="Accelerators"/>
    public static IReadOnlyDictionary<string, bool>? Programs(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Annotation(node, ProgramsAnnotation) is JsonObject programs
            ? programs.Where(p => p.Value is JsonValue value && value.TryGetValue(out bool _)).ToDictionary(p => p.Key, p => p.Value!.GetValue<bool>(), StringComparer.Ordinal)
            : null;
    }

    private static JsonNode? Annotation(Node node, string name)
    {
        try
        {
            return node.Metadata.Annotations?.GetValueOrDefault(name) is { } text ? JsonNode.Parse(text, documentOptions: Strict) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
