using System.Globalization;

namespace Orrery.Local.Machine;

/// <summary>AMD's accelerators, by the topology that its compute driver (kfd) shows. Pure.</summary>
internal static class AmdGpus
{
    public const string Resource = "amd.com/gpu";

    // Heap types of a memory bank that are the GPU's own: public and private frame buffer.
    private static readonly string[] OwnHeaps = ["1", "2"];

    /// <param name="properties">Text of <c>/sys/class/kfd/kfd/topology/nodes/N/properties</c>; CPUs are such nodes too.</param>
    /// <param name="name">Text of <c>name</c> beside it; often empty.</param>
    /// <param name="memoryBanks">Texts of <c>mem_banks/*/properties</c> beside it.</param>
    /// <returns>Null: this node is no GPU.</returns>
    public static Accelerator? Parse(string properties, string name, IEnumerable<string> memoryBanks)
    {
        if (Number(properties, "simd_count") is not > 0)
            return null;
        long memory = memoryBanks.Where(b => OwnHeaps.Contains(Value(b, "heap_type"))).Sum(b => Number(b, "size_in_bytes") ?? 0);
        string target = Target(Number(properties, "gfx_target_version") ?? 0);
        string model = string.Join(' ', new[] { "AMD", name.Trim(), target }.Where(p => p.Length > 0));
        string id = Value(properties, "unique_id") is { Length: > 0 } unique and not "0" ? unique : Value(properties, "location_id");
        return new Accelerator("AMD", Resource, model, memory > 0 ? memory : null, id)
        {
            ComputeCapability = target.Length > 0 ? target : null,
            PciVendor = PciNumber(properties, "vendor_id"),
            PciDevice = PciNumber(properties, "device_id"),
        };
    }

    /// <summary>90402 is gfx942, 110000 is gfx1100: two decimal digits each for major, minor and step, the last two as hexadecimal digits.</summary>
    private static string Target(long version) => version <= 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"gfx{version / 10_000}{version / 100 % 100:x}{version % 100:x}");

    // The topology writes decimal numbers.
    private static string? PciNumber(string text, string name) => Number(text, name) is > 0 and <= 0xffff and var number ? number.ToString("x4", CultureInfo.InvariantCulture) : null;

    private static string Value(string text, string name) => Lines.Value(text, name, ' ');

    private static long? Number(string text, string name)
        => long.TryParse(Value(text, name), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
