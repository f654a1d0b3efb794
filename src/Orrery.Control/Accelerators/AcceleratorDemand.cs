using Orrery.Control.Runtimes;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Accelerators;

/// <summary>What runtimes demand of accelerators. Pure.</summary>
internal static class AcceleratorDemand
{
    /// <summary>Whether anything is demanded; preferences are not.</summary>
    public static bool IsAny(AcceleratorRequirements wanted)
        => wanted.AcceleratorClasses is { Count: > 0 } || wanted.Vendors is { Count: > 0 } || wanted.MinMemory > 0 || wanted.MinComputePerformanceTFLOPS > 0
           || wanted.MinArchitectureVersion is not null || wanted.RequiredFeatures is { Count: > 0 };

    /// <inheritdoc cref="IsAny(AcceleratorRequirements)"/>
    public static bool IsAny(ServingAcceleratorConstraints wanted)
        => wanted.MinMemory > 0 || wanted.MaxMemory is not null || wanted.MinComputePerformanceTFLOPS > 0 || wanted.MinArchitectureVersion is not null
           || wanted.RequiredFeatures is { Count: > 0 } || wanted.ArchitectureFamilies is { Count: > 0 };

    public static bool Holds(AcceleratorRequirements wanted, AcceleratorOffer offer) => !Reasons(wanted, offer).Any();

    /// <summary>All that speaks against a class.</summary>
    public static IEnumerable<string> Reasons(AcceleratorRequirements wanted, AcceleratorOffer offer)
    {
        if (wanted.AcceleratorClasses is { Count: > 0 } classes && !classes.Contains(offer.ClassName))
            yield return $"the runtime is made for {string.Join(", ", classes)}";
        if (wanted.Vendors is { Count: > 0 } vendors && !vendors.Contains(offer.Vendor, StringComparer.OrdinalIgnoreCase))
            yield return $"it is made by {offer.Vendor ?? "somebody unknown"}, the runtime needs {string.Join(" or ", vendors)}";
        foreach (string reason in AcceleratorLimits.AtLeast(offer, wanted.MinMemory, wanted.MinComputePerformanceTFLOPS, Version(wanted, offer), wanted.RequiredFeatures))
            yield return reason;
    }

    // Compute capability is NVIDIA's. A runtime that names other makers too means it for NVIDIA's alone.
    private static string? Version(AcceleratorRequirements wanted, AcceleratorOffer offer)
        => offer.Vendor is { } maker && maker != "nvidia" && wanted.Vendors?.Contains(maker, StringComparer.OrdinalIgnoreCase) == true ? null : wanted.MinArchitectureVersion;

    public static string Text(AcceleratorRequirements wanted)
    {
        List<string> parts = [];
        if (wanted.AcceleratorClasses is { Count: > 0 } classes)
            parts.Add($"an accelerator of class {string.Join(" or ", classes)}");
        else
            parts.Add(wanted.Vendors is { Count: > 0 } vendors ? $"an accelerator by {string.Join(" or ", vendors)}" : "an accelerator");
        if (wanted.MinMemory > 0)
            parts.Add($"{wanted.MinMemory} GB of memory");
        if (wanted.MinComputePerformanceTFLOPS > 0)
            parts.Add($"{wanted.MinComputePerformanceTFLOPS} TFLOPS");
        if (wanted.MinArchitectureVersion is { } version)
            parts.Add($"compute capability {version}");
        if (wanted.RequiredFeatures is { Count: > 0 } features)
            parts.Add(string.Join(", ", features));
        return parts.Count == 1 ? parts[0] : $"{parts[0]} with {string.Join(", ", parts.Skip(1))}";
    }
}

/// <summary>Lower limits that runtimes and services set alike. What a class does not say does not meet a limit. Pure.</summary>
internal static class AcceleratorLimits
{
    private const double Gigabyte = 1e9;

    public static IEnumerable<string> AtLeast(AcceleratorOffer offer, long? memory, long? tflops, string? version, IReadOnlyList<string>? features)
    {
        // 80 GB and 80 GiB are both called 80: the smaller unit for the lower limit lets either through.
        if (memory is > 0 && !(offer.MemoryBytes >= memory * Gigabyte))
            yield return $"it has {AcceleratorOffers.Text(offer.MemoryBytes)} of memory, {memory} GB are wanted";
        if (tflops is > 0 && !(offer.Performance?.Fp16Tflops >= tflops))
            yield return $"it has {offer.Performance?.Fp16Tflops?.ToString() ?? "unknown"} TFLOPS, {tflops} are wanted";
        if (version is not null && (offer.ArchitectureVersion is not { } actual || !VersionRange.IsAtLeast(actual, version)))
            yield return $"its compute capability is {offer.ArchitectureVersion ?? "unknown"}, {version} is wanted";
        foreach (string feature in (features ?? []).Where(f => !offer.Features.Contains(f, StringComparer.OrdinalIgnoreCase)))
            yield return $"it lacks {feature}";
    }
}
