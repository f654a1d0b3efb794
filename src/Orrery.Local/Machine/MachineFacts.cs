namespace Orrery.Local.Machine;

/// <summary>What one machine has, as its Node tells it.</summary>
/// <param name="Cpus">Logical processors of the machine.</param>
/// <param name="UsableMilliCpus">What this process may use of them, in thousandths.</param>
/// <param name="MemoryBytes">Of the machine.</param>
/// <param name="UsableMemoryBytes">What this process and its children may use of it.</param>
/// <param name="DiskBytes">Size of the file system that the home is on.</param>
internal sealed record MachineFacts(
    string Hostname,
    CpuFacts Cpu,
    int Cpus,
    long UsableMilliCpus,
    long MemoryBytes,
    long UsableMemoryBytes,
    long DiskBytes,
    SystemFacts System,
    string? Address,
    IReadOnlyList<Accelerator> Accelerators)
{
    /// <summary>By what limits of replicas are held, as the node's label has it. Null: not looked for.</summary>
    public string? Limits { get; init; }

    /// <summary>What runs containers, as the node's label has it. Null: nothing does, or nobody looked.</summary>
    public string? ContainerEngine { get; init; }
}

/// <param name="Architecture">As Go names it: <c>amd64</c>, <c>arm64</c>.</param>
internal sealed record SystemFacts(string Architecture, string Kernel, string OsImage, string MachineId, string BootId);

/// <summary>One accelerator.</summary>
/// <param name="Resource">What it counts as in a Node's capacity, as the vendor's device plugin names it: <c>nvidia.com/gpu</c>.</param>
/// <param name="Model">As the vendor names it.</param>
/// <param name="MemoryBytes">Its own memory. Null: unknown, or it shares the machine's.</param>
/// <param name="Id">Uuid or bus address.</param>
internal sealed record Accelerator(string Vendor, string Resource, string Model, long? MemoryBytes, string Id)
{
    /// <summary>Such as <c>9.0</c>, or AMD's target, such as <c>gfx942</c>. Null: unknown.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>Number of the vendor on the PCI bus, four hexadecimal digits. Null: unknown.</summary>
    public string? PciVendor { get; init; }

    /// <summary>Number of the model on the PCI bus, four hexadecimal digits. Null: unknown.</summary>
    public string? PciDevice { get; init; }
}
