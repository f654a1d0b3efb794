using System.Globalization;
using System.Text;
using Orrery.Resources;
using Orrery.Resources.Standard;

namespace Orrery.Local.Machine;

/// <summary>The Node of a machine. Pure.</summary>
internal static class MachineNode
{
    public const string ManagedByLabel = "orrery.dev/managed-by";
    public const string ManagedBy = "orrery-machine";
    public const string AcceleratorLabel = "orrery.dev/accelerator";
    public const string AcceleratorCountLabel = "orrery.dev/accelerator-count";

    /// <summary>Memory of one accelerator, in MiB; the smallest where they differ.</summary>
    public const string AcceleratorMemoryLabel = "orrery.dev/accelerator-memory";

    // The label by which selectors written for NVIDIA's feature discovery find it.
    private const string ProductLabel = "nvidia.com/gpu.product";

    private const string CpuModelLabel = "orrery.dev/cpu-model";

    /// <summary>By what limits of replicas are held: <c>cgroup-v2</c>, <c>cgroup-v1</c> or <c>rlimit</c>.</summary>
    public const string LimitsLabel = "orrery.dev/limits";

    private const string FeaturePrefix = "feature.node.kubernetes.io/cpu-cpuid.";

    // Kubernetes' own default for a kubelet.
    private const string MaxPods = "110";
    private const int MaxLabel = 63;

    /// <summary>The host's name as Kubernetes allows it.</summary>
    public static string Name(string hostname)
    {
        string name = string.Concat(hostname.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' ? c : '-'));
        name = string.Join('.', name.Split('.', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim('-')).Where(p => p.Length > 0));
        return name.Length == 0 ? "localhost" : name.Length <= 253 ? name : name[..253].TrimEnd('-', '.');
    }

    public static SortedDictionary<string, string> Labels(MachineFacts machine)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Node.HostnameLabel] = LabelValue(Name(machine.Hostname)),
            [Node.ArchLabel] = machine.System.Architecture,
            [Node.OsLabel] = "linux",
            [ManagedByLabel] = ManagedBy,
        };
        if (machine.Cpu.Model.Length > 0)
            labels[CpuModelLabel] = LabelValue(machine.Cpu.Model);
        if (machine.Limits is { } limits)
            labels[LimitsLabel] = limits;
        if (machine.ContainerEngine is { } engine)
            labels[NodeInventory.ContainersLabel] = engine;
        foreach (string feature in machine.Cpu.Features)
            labels[FeaturePrefix + feature] = "true";
        if (machine.Accelerators is not [var first, ..])
            return labels;

        labels[AcceleratorLabel] = LabelValue(first.Model);
        labels[AcceleratorCountLabel] = machine.Accelerators.Count.ToString(CultureInfo.InvariantCulture);
        if (machine.Accelerators.Min(a => a.MemoryBytes) is { } memory)
            labels[AcceleratorMemoryLabel] = (memory / (1024 * 1024)).ToString(CultureInfo.InvariantCulture);
        if (machine.Accelerators.FirstOrDefault(a => a.Resource == NvidiaGpus.Resource) is { } nvidia)
            labels[ProductLabel] = LabelValue(nvidia.Model);
        return labels;
    }

    /// <summary>What fields of a Node cannot say: each accelerator, and which programs of runtimes are here.</summary>
    public static SortedDictionary<string, string> Annotations(MachineFacts machine, IReadOnlyDictionary<string, bool> programs) => new(StringComparer.Ordinal)
    {
        [NodeInventory.AcceleratorsAnnotation] = NodeInventory.Write(machine.Accelerators.Select(Shown)),
        [NodeInventory.ProgramsAnnotation] = NodeInventory.Write(programs),
    };

    /// <summary>An accelerator as nodes tell of it.</summary>
    public static NodeAccelerator Shown(Accelerator a)
        => new(a.Vendor.ToLowerInvariant(), a.Resource, a.Model, a.MemoryBytes, a.ComputeCapability, a.PciVendor, a.PciDevice);

    /// <param name="version">Of this program.</param>
    public static NodeStatus Status(MachineFacts machine, string version, DateTimeOffset now)
    {
        string name = Name(machine.Hostname), disk = Kibibytes(machine.DiskBytes);
        var accelerators = machine.Accelerators.GroupBy(a => a.Resource).ToDictionary(g => g.Key, g => g.Count().ToString(CultureInfo.InvariantCulture));
        return new NodeStatus
        {
            Capacity = Resources(machine.Cpus * 1000L, machine.MemoryBytes, disk, accelerators),
            Allocatable = Resources(machine.UsableMilliCpus, machine.UsableMemoryBytes, disk, accelerators),
            Conditions =
            [
                new NodeCondition
                {
                    Type = "Ready",
                    Status = "True",
                    Reason = "OrreryReady",
                    Message = "orrery up runs; it tells of changes, not of each minute without one",
                    LastHeartbeatTime = now,
                    LastTransitionTime = now,
                },
            ],
            Addresses =
            [
                new NodeAddress { Type = "InternalIP", Address = machine.Address ?? "127.0.0.1" },
                new NodeAddress { Type = "Hostname", Address = name },
            ],
            NodeInfo = new NodeSystemInfo
            {
                MachineID = machine.System.MachineId,
                SystemUUID = machine.System.MachineId,
                BootID = machine.System.BootId,
                KernelVersion = machine.System.Kernel,
                OsImage = machine.System.OsImage,
                ContainerRuntimeVersion = $"process://{version}",
                KubeletVersion = $"v{version}",
                KubeProxyVersion = "",
                OperatingSystem = "linux",
                Architecture = machine.System.Architecture,
            },
        };
    }

    /// <summary>Labels that say what the machine has, and nothing else ever writes.</summary>
    public static bool IsMachineLabel(string name)
        => name.StartsWith(FeaturePrefix, StringComparison.Ordinal)
           || name is AcceleratorLabel or AcceleratorCountLabel or AcceleratorMemoryLabel or ProductLabel or CpuModelLabel or LimitsLabel or NodeInventory.ContainersLabel;

    /// <summary>Whether two say the same but for when they say it.</summary>
    public static bool IsSame(Document before, Document after) => Timeless(before) == Timeless(after);

    private static string Timeless(Document node)
    {
        var json = node.ToJson();
        foreach (var condition in json["status"]?["conditions"]?.AsArray() ?? [])
        {
            condition!.AsObject().Remove("lastHeartbeatTime");
            condition.AsObject().Remove("lastTransitionTime");
        }
        return json.ToJsonString();
    }

    private static SortedDictionary<string, string> Resources(long milliCpus, long memoryBytes, string disk, Dictionary<string, string> accelerators)
        => new(accelerators, StringComparer.Ordinal)
        {
            ["cpu"] = milliCpus % 1000 == 0 ? (milliCpus / 1000).ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{milliCpus}m"),
            ["memory"] = Kibibytes(memoryBytes),
            ["ephemeral-storage"] = disk,
            ["pods"] = MaxPods,
        };

    private static string Kibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024}Ki");

    private static string LabelValue(string text)
    {
        var value = new StringBuilder();
        foreach (char c in text)
            value.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : value.Length > 0 && value[^1] == '-' ? "" : "-");
        string cut = value.Length <= MaxLabel ? value.ToString() : value.ToString(0, MaxLabel);
        return cut.Trim('-', '.', '_');
    }
}
