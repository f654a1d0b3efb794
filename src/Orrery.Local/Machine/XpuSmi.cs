using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Local.Machine;

/// <summary>What Intel's tool says of names and memory: <c>xpu-smi discovery -j</c> and <c>-d N -j</c>. Pure.</summary>
internal static class XpuSmi
{
    public const string Tool = "xpu-smi";

    public static IReadOnlyList<string> Query { get; } = ["discovery", "-j"];

    public static IReadOnlyList<string> DeviceQuery(string device) => ["discovery", "-d", device, "-j"];

    /// <summary>Numbers of the devices, for <see cref="DeviceQuery"/>. No more than <paramref name="most"/>.</summary>
    public static IReadOnlyList<string> Devices(string json, int most = 16)
        => [.. ((ToolJson.Parse(json) as JsonObject)?["device_list"] as JsonArray ?? []).OfType<JsonObject>().Select(d => Text(d["device_id"])).OfType<string>().Take(most)];

    /// <param name="device">The answer for one device.</param>
    /// <param name="devices">The kernel's: the one at the same bus address gets what the tool adds.</param>
    public static IReadOnlyList<Accelerator> Joined(IReadOnlyList<Accelerator> devices, string device)
    {
        if (ToolJson.Parse(device) is not JsonObject json || Text(json["pci_bdf_address"]) is not { } address)
            return devices;
        long? memory = long.TryParse(Text(json["memory_physical_size_byte"]), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes > 0 ? bytes : null;
        return [.. devices.Select(d => string.Equals(d.Id, address, StringComparison.OrdinalIgnoreCase)
            ? d with { Model = Text(json["device_name"]) ?? d.Model, MemoryBytes = d.MemoryBytes ?? memory }
            : d)];
    }

    // Numbers stand there as such and as text.
    private static string? Text(JsonNode? node) => node is JsonValue value && value.ToString() is { Length: > 0 } text ? text : null;
}
