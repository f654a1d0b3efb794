using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Local.Machine;

/// <summary>
/// What AMD's tools say of names and memory, which the kernel's topology mostly leaves empty: <c>amd-smi static --json</c>, and the older
/// <c>rocm-smi --json</c>. Pure.
/// </summary>
internal static class RocmSmi
{
    public const string NewTool = "amd-smi", OldTool = "rocm-smi";

    public static IReadOnlyList<string> NewQuery { get; } = ["static", "--asic", "--bus", "--vram", "--json"];

    public static IReadOnlyList<string> OldQuery { get; } = ["--showproductname", "--showmeminfo", "vram", "--showuniqueid", "--json"];

    /// <param name="Id">The unique number in hexadecimal digits without a prefix. Null: the tool does not say.</param>
    public sealed record Card(string? Name, long? MemoryBytes, string? Id, string? Target);

    /// <param name="json">A list of GPUs, in newer versions below <c>gpu_data</c>.</param>
    public static IReadOnlyList<Card> ParseNew(string json)
    {
        var root = ToolJson.Parse(json);
        var list = root as JsonArray ?? (root as JsonObject)?["gpu_data"] as JsonArray ?? [];
        return
        [
            .. list.OfType<JsonObject>().Select(gpu => new Card(
                Text(Field(gpu, "asic", "market_name")), Megabytes(Field(gpu, "vram", "size")), Hex(Text(Field(gpu, "asic", "asic_serial"))), Text(Field(gpu, "asic", "target_graphics_version")))),
        ];
    }

    /// <param name="json">An object with <c>card0</c>, <c>card1</c>, … and the words that people read as names.</param>
    public static IReadOnlyList<Card> ParseOld(string json)
        => ToolJson.Parse(json) is JsonObject cards
            ?
            [
                .. cards.Where(c => c.Key.StartsWith("card", StringComparison.Ordinal)).OrderBy(c => c.Key.Length).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Value).OfType<JsonObject>()
                    .Select(card => new Card(
                        Text(card["Card Series"]) ?? Text(card["Card series"]) ?? Text(card["Card Model"]) ?? Text(card["Card model"]),
                        long.TryParse(Text(card["VRAM Total Memory (B)"]), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : null,
                        Hex(Text(card["Unique ID"])), Text(card["GFX Version"]))),
            ]
            : [];

    /// <summary>The kernel's devices with what the tool adds; by the unique number, or by place where nothing has one.</summary>
    public static IReadOnlyList<Accelerator> Joined(IReadOnlyList<Accelerator> devices, IReadOnlyList<Card> cards)
        => [.. devices.Select((device, i) => Match(device, i, devices, cards) is { } card
            ? device with
            {
                Model = card.Name is { } name ? (name.StartsWith("AMD", StringComparison.OrdinalIgnoreCase) ? name : $"AMD {name}") : device.Model,
                MemoryBytes = device.MemoryBytes ?? card.MemoryBytes,
                ComputeCapability = device.ComputeCapability ?? card.Target,
            }
            : device)];

    private static Card? Match(Accelerator device, int place, IReadOnlyList<Accelerator> devices, IReadOnlyList<Card> cards)
    {
        string? id = ulong.TryParse(device.Id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unique) ? unique.ToString("x", CultureInfo.InvariantCulture) : null;
        return cards.FirstOrDefault(c => c.Id is not null && c.Id == id)
            ?? (cards.Count == devices.Count && cards.All(c => c.Id is null) ? cards[place] : null);
    }

    // A number of MB, or an object with value and unit.
    private static long? Megabytes(JsonNode? size)
    {
        var value = size is JsonObject quantity ? quantity["value"] : size;
        return value is JsonValue number && number.TryGetValue(out double megabytes) && megabytes is > 0 and < int.MaxValue ? (long)megabytes << 20 : null;
    }

    private static JsonNode? Field(JsonObject json, string part, string name) => (json[part] as JsonObject)?[name];

    private static string? Hex(string? text)
        => text is null || text == "N/A" ? null : (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text).TrimStart('0').ToLowerInvariant();

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 && text != "N/A" ? text : null;
}
