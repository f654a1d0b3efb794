using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orrery.Local.Machine;

/// <summary>Looks at this machine. Costs some ten small reads, and one call of <c>nvidia-smi</c> where NVIDIA's driver is.</summary>
internal static class MachineInventory
{
    /// <param name="smi">Runs <c>nvidia-smi</c>: its output, or empty when it is not there or takes too long.</param>
    /// <param name="home">Whose file system counts.</param>
    public static async Task<MachineFacts> ReadAsync(MachineFiles files, Func<IReadOnlyList<string>, CancellationToken, Task<string>> smi, string home, CancellationToken ct)
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
            await AcceleratorsAsync(files, smi, ct));
    }

    internal static async Task<IReadOnlyList<Accelerator>> AcceleratorsAsync(
        MachineFiles files, Func<IReadOnlyList<string>, CancellationToken, Task<string>> smi, CancellationToken ct)
    {
        var nvidia = files.In("proc/driver/nvidia/gpus").Select(g => files.Read($"{g}/information")).OfType<string>().ToList();
        string memory = nvidia.Count == 0 ? "" : await smi(NvidiaGpus.Query, ct);
        var amd = files.In("sys/class/kfd/kfd/topology/nodes").Select(n => AmdGpus.Parse(
            files.Read($"{n}/properties") ?? "", files.Read($"{n}/name") ?? "", files.In($"{n}/mem_banks").Select(b => files.Read($"{b}/properties") ?? "")));
        // Connectors of a card are there too, as card0-DP-1.
        var intel = files.In("sys/class/drm").Where(c => Path.GetFileName(c) is var name && name.StartsWith("card", StringComparison.Ordinal) && !name.Contains('-'))
            .Select(c => IntelGpus.Parse(
                Path.GetFileName(c), files.Read($"{c}/device/vendor") ?? "", files.Read($"{c}/device/device") ?? "", files.Read($"{c}/device/uevent") ?? "",
                files.Read($"{c}/lmem_total_bytes")));
        return [.. NvidiaGpus.Parse(nvidia, memory), .. amd.OfType<Accelerator>(), .. intel.OfType<Accelerator>()];
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
