using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Accelerators;

/// <summary>What an accelerator is. Fields follow OME.</summary>
public sealed record AcceleratorClassSpec
{
    /// <summary>Who makes it, such as <c>nvidia</c>.</summary>
    public string? Vendor { get; init; }

    /// <summary>Generation, such as <c>hopper</c>.</summary>
    public string? Family { get; init; }

    /// <summary>Such as <c>h100</c>.</summary>
    public string? Model { get; init; }

    /// <summary>How nodes that have it are found.</summary>
    public AcceleratorDiscovery? Discovery { get; init; }

    /// <summary>What one of them can do.</summary>
    public AcceleratorCapabilities? Capabilities { get; init; }

    /// <summary>What a container asks a node for.</summary>
    [ListMap("name")]
    public IReadOnlyList<AcceleratorResource>? Resources { get; init; }

    /// <summary>Names that it has in other schedulers.</summary>
    public AcceleratorIntegration? Integration { get; init; }

    /// <summary>What it costs.</summary>
    public AcceleratorCost? Cost { get; init; }
}

/// <summary>How nodes with the accelerator are found. OME reads the selector alone; here every part that is set must match.</summary>
public sealed record AcceleratorDiscovery
{
    /// <summary>Labels of the nodes.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Nodes, said in full.</summary>
    [RawObject]
    public JsonElement? Affinity { get; init; }

    /// <summary>Vendor number on the PCI bus, such as <c>10de</c>.</summary>
    [JsonPropertyName("pciVendorID"), Pattern("^(0x)?[0-9a-fA-F]{4}$", "four hexadecimal digits such as 10de")]
    public string? PciVendorId { get; init; }

    /// <summary>Device numbers on the PCI bus, such as <c>2330</c>.</summary>
    [JsonPropertyName("deviceIDs"), Pattern("^(0x)?[0-9a-fA-F]{4}$", "four hexadecimal digits such as 2330")]
    public IReadOnlyList<string>? DeviceIds { get; init; }
}

/// <summary>What one accelerator can do.</summary>
public sealed record AcceleratorCapabilities
{
    /// <summary>Its own memory, as a quantity such as <c>80Gi</c>. OME compares it with the memory of the node; here it is the accelerator's.</summary>
    [JsonPropertyName("memoryGB"), Quantity]
    public JsonElement? Memory { get; init; }

    /// <summary>Compute capability, as in <c>9.0</c>.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>Version of Level Zero that it needs.</summary>
    public string? LevelZeroVersion { get; init; }

    /// <summary>Clock in MHz.</summary>
    [JsonPropertyName("clockSpeedMHz"), Quantity]
    public JsonElement? ClockSpeed { get; init; }

    /// <summary>Bandwidth of its memory in GB/s.</summary>
    [JsonPropertyName("memoryBandwidthGBps"), Quantity]
    public JsonElement? MemoryBandwidth { get; init; }

    /// <summary>Such as <c>nvlink</c> or <c>fp8</c>.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>How fast it computes.</summary>
    public AcceleratorPerformance? Performance { get; init; }
}

/// <summary>Peak speeds, in units of 10^12 operations each second.</summary>
public sealed record AcceleratorPerformance
{
    /// <summary>In 32-bit floating point.</summary>
    [AtLeast(0)]
    public long? Fp32Tflops { get; init; }

    /// <summary>In 16-bit floating point.</summary>
    [AtLeast(0)]
    public long? Fp16Tflops { get; init; }

    /// <summary>In 8-bit integers.</summary>
    [AtLeast(0)]
    public long? Int8Tops { get; init; }

    /// <summary>In 4-bit integers.</summary>
    [AtLeast(0)]
    public long? Int4Tops { get; init; }

    /// <summary>Time that an operation takes.</summary>
    public AcceleratorLatency? Latency { get; init; }
}

/// <summary>Times in milliseconds.</summary>
public sealed record AcceleratorLatency
{
    /// <summary>On average.</summary>
    [Quantity]
    public JsonElement? AverageMillis { get; init; }

    /// <summary>At worst.</summary>
    [Quantity]
    public JsonElement? MaximumMillis { get; init; }
}

/// <summary>A resource that containers ask for.</summary>
public sealed record AcceleratorResource
{
    /// <summary>Such as <c>nvidia.com/gpu</c>.</summary>
    [Required(", for example nvidia.com/gpu")]
    public string? Name { get; init; }

    /// <summary>How much of it one accelerator is.</summary>
    [Quantity, Default("\"1\"")]
    public JsonElement? Quantity { get; init; }

    /// <summary>Whether parts of it can be had.</summary>
    public bool? Divisible { get; init; }
}

/// <summary>Names in other schedulers. OME never reads them; here they name the flavor and type that quota is made with.</summary>
public sealed record AcceleratorIntegration
{
    /// <summary>Name of Kueue's ResourceFlavor.</summary>
    public string? KueueResourceFlavor { get; init; }

    /// <summary>Name of Volcano's GPU type.</summary>
    [JsonPropertyName("volcanoGPUType")]
    public string? VolcanoGpuType { get; init; }
}

/// <summary>What using it costs, in one currency throughout.</summary>
public sealed record AcceleratorCost
{
    /// <summary>One accelerator for an hour.</summary>
    [Quantity]
    public JsonElement? PerHour { get; init; }

    /// <summary>A million tokens.</summary>
    [Quantity]
    public JsonElement? PerMillionTokens { get; init; }

    /// <summary>One accelerator for an hour, when it may be taken away.</summary>
    [Quantity]
    public JsonElement? SpotPerHour { get; init; }

    /// <summary>Roughly, where no price is known.</summary>
    [OneOf("low", "medium", "high")]
    public string? Tier { get; init; }
}

/// <summary>What was last observed. OME never fills in the totals or conditions.</summary>
public sealed record AcceleratorClassStatus : ObservedStatus
{
    /// <summary>Nodes that have it.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>Number of those nodes.</summary>
    public int? AvailableNodes { get; init; }

    /// <summary>Accelerators on them.</summary>
    public int? TotalAccelerators { get; init; }

    /// <summary>Accelerators that nobody uses.</summary>
    public int? AvailableAccelerators { get; init; }

    /// <summary>When this was counted.</summary>
    public DateTimeOffset? LastUpdated { get; init; }
}
