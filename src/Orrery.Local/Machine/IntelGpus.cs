using System.Globalization;

namespace Orrery.Local.Machine;

/// <summary>Intel's GPUs, by the display driver's devices. Pure.</summary>
internal static class IntelGpus
{
    private const string Vendor = "0x8086";

    /// <param name="card"><c>card0</c>: the name under <c>/sys/class/drm</c>.</param>
    /// <param name="vendor">Text of <c>device/vendor</c>.</param>
    /// <param name="device">Text of <c>device/device</c>: the model's number.</param>
    /// <param name="uevent">Text of <c>device/uevent</c>, which names the driver and the slot.</param>
    /// <param name="localMemory">Text of <c>lmem_total_bytes</c>; null for a GPU that shares the machine's memory.</param>
    /// <returns>Null: this card is not Intel's, or no driver that computes has it.</returns>
    public static Accelerator? Parse(string card, string vendor, string device, string uevent, string? localMemory)
    {
        string driver = Lines.Value(uevent, "DRIVER", '=');
        if (vendor.Trim() != Vendor || driver is not ("i915" or "xe"))
            return null;
        long? memory = long.TryParse(localMemory?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes > 0 ? bytes : null;
        string slot = Lines.Value(uevent, "PCI_SLOT_NAME", '=');
        return new Accelerator("Intel", $"gpu.intel.com/{driver}", $"Intel {device.Trim()}", memory, slot.Length > 0 ? slot : card)
        {
            PciVendor = Hex(vendor),
            PciDevice = Hex(device),
        };
    }

    private static string? Hex(string text) => text.Trim() is ['0', 'x', .. { Length: 4 } digits] ? digits.ToLowerInvariant() : null;
}
