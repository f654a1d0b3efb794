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
    public static bool TryParse(string name, out DType type)
    {
        var found = Working.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        type = found ?? DType.F32;
        return found is not null;
    }
}
