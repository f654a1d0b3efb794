using System.Globalization;
using Orrery.Local.Machine;

namespace Orrery.Local.Accelerators;

/// <summary>
/// The variables by which a process sees its accelerators and no others. By unique number where there is one: the order of devices is
/// another for each library. Pure.
/// </summary>
internal static class VisibleDevices
{
    public const string Nvidia = "CUDA_VISIBLE_DEVICES", NvidiaOrder = "CUDA_DEVICE_ORDER";
    public const string Amd = "ROCR_VISIBLE_DEVICES", AmdInner = "HIP_VISIBLE_DEVICES";
    public const string Intel = "ZE_AFFINITY_MASK", IntelOrder = "ZE_ENABLE_PCI_ID_DEVICE_ORDER";

    // AMD's libraries take an empty value for none at all, and stop reading at a device that there is not.
    private const string NoAmd = "-1";

    /// <param name="all">Those of the machine.</param>
    /// <param name="given">Those of the replica.</param>
    public static IReadOnlyDictionary<string, string> For(IReadOnlyList<Accelerator> all, IReadOnlyList<Accelerator> given)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Of(all, "NVIDIA") is { Count: > 0 } nvidia)
            AddNvidia(variables, nvidia, Of(given, "NVIDIA"));
        if (Of(all, "AMD") is { Count: > 0 } amd)
            AddAmd(variables, amd, Of(given, "AMD"));
        // Intel's library has no word for none.
        if (Of(given, "Intel") is { Count: > 0 } intel)
        {
            variables[Intel] = Numbers(Of(all, "Intel"), intel);
            variables[IntelOrder] = "1";
        }
        return variables;
    }

    private static void AddNvidia(Dictionary<string, string> variables, List<Accelerator> all, List<Accelerator> given)
    {
        if (given.All(g => IsUuid(g.Id)))
        {
            variables[Nvidia] = string.Join(',', given.Select(g => g.Id));
            return;
        }
        variables[Nvidia] = Numbers(all, given);
        variables[NvidiaOrder] = "PCI_BUS_ID";
    }

    private static void AddAmd(Dictionary<string, string> variables, List<Accelerator> all, List<Accelerator> given)
    {
        if (given.Count == 0)
        {
            variables[Amd] = NoAmd;
            variables[AmdInner] = NoAmd;
            return;
        }
        var ids = given.Select(g => AmdId(g.Id)).ToList();
        variables[Amd] = ids.Contains(null) ? Numbers(all, given) : string.Join(',', ids);
        // Numbers of those that the first variable leaves.
        variables[AmdInner] = string.Join(',', Enumerable.Range(0, given.Count));
    }

    private static bool IsUuid(string id) => id.StartsWith("GPU-", StringComparison.Ordinal) || id.StartsWith("MIG-", StringComparison.Ordinal);

    // A location on the bus is a small number, a unique one uses the upper half of 64 bits.
    private static string? AmdId(string id)
        => ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unique) && unique > uint.MaxValue ? $"GPU-{unique:x16}" : null;

    private static List<Accelerator> Of(IReadOnlyList<Accelerator> accelerators, string vendor) => [.. accelerators.Where(a => a.Vendor == vendor)];

    // The inventory has them in the order of the bus.
    private static string Numbers(List<Accelerator> all, List<Accelerator> given)
        => string.Join(',', given.Select(g => all.FindIndex(a => a.Id == g.Id).ToString(CultureInfo.InvariantCulture)));
}
