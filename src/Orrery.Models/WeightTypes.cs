using System.Diagnostics.CodeAnalysis;
using Orrery.Tensors;

namespace Orrery.Models;

/// <summary>Types of weights as people write them.</summary>
public static class WeightTypes
{
    /// <summary>Those with kernels: what can be computed with, and encoded to.</summary>
    public static IReadOnlyList<DType> Working { get; } = [.. DType.All.Where(type => type.HasKernels)];

    /// <summary>The next step for a tensor of another type.</summary>
    internal static string UseOneOf { get; } = $"Use a file with {string.Join(", ", Working)} weights.";

    /// <summary>By name in either case: <c>q8_0</c>.</summary>
    /// <param name="problem">What is wrong with the name, and what to write instead; null when nothing is.</param>
    public static bool TryParse(string name, [NotNullWhen(true)] out DType? type, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(name);
        type = Named(name);
        problem = type is not null ? null : MixOf(name) is { } main
            ? $"'{name}' is a mixture of types, which is not made here. Use {main} for all matrices."
            : $"'{name}' is no type of weights. Use one of {string.Join(", ", Working)}.";
        return type is not null;
    }

    private static DType? Named(string name) => Working.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>llama.cpp's mixtures are named after the type that most matrices have: <c>Q4_K_M</c>, <c>MXFP4_MOE</c>.</summary>
    private static DType? MixOf(string name)
    {
        int last = name.LastIndexOf('_');
        return last > 0 && name[(last + 1)..].ToUpperInvariant() is "S" or "M" or "L" or "XL" or "MOE" ? Named(name[..last]) : null;
    }
}
