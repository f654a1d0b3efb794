using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orrery.Local.Machine;

/// <summary>Runs a program: its output, or empty when it is not there, fails, or takes too long.</summary>
internal delegate Task<string> AskTool(string tool, IReadOnlyList<string> arguments, CancellationToken ct);

/// <summary>Looks at this machine. Costs some ten small reads, and a call or two of a vendor's tool where its driver is.</summary>
internal static class MachineInventory
{
    /// <param name="ask">Runs a vendor's tool.</param>
    /// <param name="home">Whose file system counts.</param>
    public static async Task<MachineFacts> ReadAsync(MachineFiles files, AskTool ask, string home, CancellationToken ct)
    {
        var cpu = CpuFacts.Parse(files.Read("proc/cpuinfo") ?? "");
        int cpus = Math.Max(1, cpu.Processors);
        long memory = Memory(files.Read("proc/meminfo") ?? "");
        var limits = CgroupLimits.Smallest(CgroupLimits.Folders(files.Read("proc/self/cgroup") ?? "").Select(f => CgroupLimits.Parse(name => files.Read(Path.Combine(f, name)))));
        return new MachineFacts(
            Environment.MachineName,
            cpu,
            cpus,
            Math.Min(limits.MilliCpus ?? long.MaxValue, 1000L * cpus),
            memory,
            Math.Min(limits.MemoryBytes ?? long.MaxValue, memory),
            DiskBytes(home),
            new SystemFacts(
                Architecture(RuntimeInformation.OSArchitecture),
                files.Read("proc/sys/kernel/osrelease")?.Trim() ?? "",
                OsImage(files.Read("etc/os-release") ?? ""),
                files.Read("etc/machine-id")?.Trim() ?? "",
                files.Read("proc/sys/kernel/random/boot_id")?.Trim() ?? ""),
            Address(),
            await AcceleratorsAsync(files, ask, ct));
    }

    /// <summary>The kernel says which devices there are; a vendor's tool is asked only where there is one of its devices.</summary>
    internal static async Task<IReadOnlyList<Accelerator>> AcceleratorsAsync(MachineFiles files, AskTool ask, CancellationToken ct)
        => [.. await NvidiaAsync(files, ask, ct), .. await AmdAsync(files, ask, ct), .. await IntelAsync(files, ask, ct)];

    private static async Task<IReadOnlyList<Accelerator>> NvidiaAsync(MachineFiles files, AskTool ask, CancellationToken ct)
    {
        IReadOnlyList<string> found = [.. files.In("proc/driver/nvidia/gpus").Select(g => files.Read($"{g}/information")).OfType<string>()];
        if (found.Count == 0 && files.In("dev").Any(d => Path.GetFileName(d) is "nvidiactl" or "dxg"))
            found = NvidiaGpus.Information(await ask(NvidiaGpus.Tool, NvidiaGpus.List, ct));
        if (found.Count == 0)
            return [];
        string smi = await ask(NvidiaGpus.Tool, NvidiaGpus.Query, ct);
        if (smi.Length == 0)
            smi = await ask(NvidiaGpus.Tool, NvidiaGpus.ShortQuery, ct);
        string list = smi.Contains("Enabled", StringComparison.Ordinal) ? await ask(NvidiaGpus.Tool, NvidiaGpus.List, ct) : "";
        return NvidiaGpus.Parse(found, smi, list);
    }

    private static async Task<IReadOnlyList<Accelerator>> AmdAsync(MachineFiles files, AskTool ask, CancellationToken ct)
    {
        List<Accelerator> found =
        [
            .. files.In("sys/class/kfd/kfd/topology/nodes").Select(n => AmdGpus.Parse(
                files.Read($"{n}/properties") ?? "", files.Read($"{n}/name") ?? "", files.In($"{n}/mem_banks").Select(b => files.Read($"{b}/properties") ?? ""))).OfType<Accelerator>(),
        ];
        if (found.Count == 0)
            return [];
        var cards = RocmSmi.ParseNew(await ask(RocmSmi.NewTool, RocmSmi.NewQuery, ct));
        return RocmSmi.Joined(found, cards.Count > 0 ? cards : RocmSmi.ParseOld(await ask(RocmSmi.OldTool, RocmSmi.OldQuery, ct)));
    }

    private static async Task<IReadOnlyList<Accelerator>> IntelAsync(MachineFiles files, AskTool ask, CancellationToken ct)
    {
        // Connectors of a card are there too, as card0-DP-1.
        IReadOnlyList<Accelerator> found =
        [
            .. files.In("sys/class/drm").Where(c => Path.GetFileName(c) is var name && name.StartsWith("card", StringComparison.Ordinal) && !name.Contains('-'))
                .Select(c => IntelGpus.Parse(
                    Path.GetFileName(c), files.Read($"{c}/device/vendor") ?? "", files.Read($"{c}/device/device") ?? "", files.Read($"{c}/device/uevent") ?? "",
                    files.Read($"{c}/lmem_total_bytes"))).OfType<Accelerator>(),
        ];
        if (found.Count == 0)
            return [];
        foreach (string device in XpuSmi.Devices(await ask(XpuSmi.Tool, XpuSmi.Query, ct)))
            found = XpuSmi.Joined(found, await ask(XpuSmi.Tool, XpuSmi.DeviceQuery(device), ct));
        return found;
    }

    /// <summary>Of <c>/proc/meminfo</c>, in bytes.</summary>
    internal static long Memory(string meminfo)
        => Lines.Value(meminfo, "MemTotal").Split(' ') is [var kibibytes, "kB"] && long.TryParse(kibibytes, out long number) ? number * 1024 : 0;

    internal static string OsImage(string osRelease) => Lines.Value(osRelease, "PRETTY_NAME", '=').Trim('"');

    internal static string Architecture(Architecture architecture) => architecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static long DiskBytes(string home)
    {
        try
        {
            return new DriveInfo(home).TotalSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }

    /// <summary>The first address that others may reach; null on a machine without a network.</summary>
    private static string? Address()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .OrderBy(i => i.Name, StringComparer.Ordinal)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork)?.Address.ToString();
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
