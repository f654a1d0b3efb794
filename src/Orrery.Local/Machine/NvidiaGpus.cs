using System.Globalization;
using System.Text.RegularExpressions;

namespace Orrery.Local.Machine;

/// <summary>NVIDIA's accelerators, by its driver's files and, for what those do not say, by <c>nvidia-smi</c>. Pure.</summary>
internal static partial class NvidiaGpus
{
    public const string Tool = "nvidia-smi";

    public const string Resource = "nvidia.com/gpu";

    private const string MigPrefix = "nvidia.com/mig-";

    /// <summary>Of <c>nvidia-smi</c>: one line per GPU, memory in MiB.</summary>
    public static IReadOnlyList<string> Query { get; } = ["--query-gpu=uuid,memory.total,compute_cap,pci.device_id,mig.mode.current", "--format=csv,noheader,nounits"];

    /// <summary>The same of drivers that do not know all of these fields and then answer none.</summary>
    public static IReadOnlyList<string> ShortQuery { get; } = ["--query-gpu=uuid,memory.total", "--format=csv,noheader,nounits"];

    /// <summary>Of <c>nvidia-smi</c>: GPUs, and below each the instances that it is divided into.</summary>
    public static IReadOnlyList<string> List { get; } = ["-L"];

    /// <param name="information">The texts of <c>/proc/driver/nvidia/gpus/*/information</c>.</param>
    /// <param name="smi">What <see cref="Query"/> or <see cref="ShortQuery"/> answered; empty when it could not be asked.</param>
    /// <param name="list">What <see cref="List"/> answered; empty when no GPU is divided.</param>
    public static IReadOnlyList<Accelerator> Parse(IEnumerable<string> information, string smi, string list = "")
    {
        var rows = Rows(smi);
        var instances = Instances(list);
        var found = new List<Accelerator>();
        foreach (string text in information)
        {
            string uuid = Lines.Value(text, "GPU UUID"), model = Lines.Value(text, "Model");
            if (model.Length == 0)
                continue;
            // Unknown stands there in question marks until the GPU is first used.
            string id = uuid.Contains('?') || uuid.Length == 0 ? Lines.Value(text, "Bus Location") : uuid;
            var row = rows.GetValueOrDefault(uuid);
            var whole = new Accelerator("NVIDIA", Resource, model, row?.MemoryBytes, id) { ComputeCapability = row?.ComputeCapability, PciVendor = row?.PciVendor, PciDevice = row?.PciDevice };
            // The device plugin writes 1g.10gb+me with a point. Of a divided GPU programs get the instances and never the whole.
            if (row?.IsDivided == true && instances.TryGetValue(uuid, out var parts))
                found.AddRange(parts.Select(p => whole with { Resource = MigPrefix + p.Profile.Replace('+', '.'), Model = $"{model} MIG {p.Profile}", MemoryBytes = Memory(p.Profile), Id = p.Uuid }));
            else
                found.Add(whole);
        }
        return found;
    }

    /// <summary>The same texts from what <see cref="List"/> answered, for kernels that show no files: in Windows' subsystem for Linux the driver is Windows'.</summary>
    public static IReadOnlyList<string> Information(string list)
        => [.. list.Split('\n').Select(line => Gpu().Match(line)).Where(gpu => gpu.Success).Select(gpu => $"Model: {gpu.Groups["name"].Value.Trim()}\nGPU UUID: {gpu.Groups["uuid"].Value}")];

    private sealed record Row(long? MemoryBytes, string? ComputeCapability, string? PciVendor, string? PciDevice, bool IsDivided);

    private static Dictionary<string, Row> Rows(string smi)
    {
        var rows = new Dictionary<string, Row>(StringComparer.Ordinal);
        foreach (string line in smi.Split('\n'))
        {
            string[] cells = [.. line.Split(',').Select(c => c.Trim())];
            if (cells.Length < 2)
                continue;
            string Cell(int at) => at < cells.Length ? cells[at] : "";
            long? memory = long.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out long mebibytes) && mebibytes < int.MaxValue ? mebibytes << 20 : null;
            // 0x233010DE: the device's number, then the vendor's.
            string pci = Cell(3).StartsWith("0x", StringComparison.OrdinalIgnoreCase) && Cell(3).Length == 10 ? Cell(3)[2..].ToLowerInvariant() : "";
            rows[cells[0]] = new Row(
                memory, Version().IsMatch(Cell(2)) ? Cell(2) : null, pci.Length == 8 ? pci[4..] : null, pci.Length == 8 ? pci[..4] : null, Cell(4) == "Enabled");
        }
        return rows;
    }

    private static Dictionary<string, List<(string Profile, string Uuid)>> Instances(string list)
    {
        var all = new Dictionary<string, List<(string, string)>>(StringComparer.Ordinal);
        List<(string, string)>? of = null;
        foreach (string line in list.Split('\n'))
        {
            if (Gpu().Match(line) is { Success: true } gpu)
                all[gpu.Groups["uuid"].Value] = of = [];
            else if (Mig().Match(line) is { Success: true } mig)
                of?.Add((mig.Groups["profile"].Value, mig.Groups["uuid"].Value));
        }
        return all;
    }

    /// <summary><c>1g.10gb</c> and <c>1g.10gb+me</c> have 10 GiB.</summary>
    private static long? Memory(string profile)
        => ProfileMemory().Match(profile) is { Success: true } match && long.TryParse(match.Groups["gb"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long gb) && gb < 1 << 20 ? gb << 30 : null;

    [GeneratedRegex(@"^\d+\.\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    [GeneratedRegex(@"^GPU \d+: (?<name>.*)\(UUID: (?<uuid>[^)]+)\)", RegexOptions.NonBacktracking)]
    private static partial Regex Gpu();

    [GeneratedRegex(@"^\s+MIG (?<profile>\S+)\s+Device\s+\d+: \(UUID: (?<uuid>[^)]+)\)", RegexOptions.NonBacktracking)]
    private static partial Regex Mig();

    [GeneratedRegex(@"\.(?<gb>\d+)gb", RegexOptions.NonBacktracking)]
    private static partial Regex ProfileMemory();
}
