using Orrery.Engine.Architectures;
using Orrery.Engine.Architectures.Encoders;

namespace Orrery.Engine;

/// <summary>What this engine runs, by the names that files give architectures: for whoever chooses a runtime.</summary>
public static class SupportedArchitectures
{
    /// <summary>By <c>general.architecture</c>.</summary>
    public static IReadOnlyList<string> Gguf { get; } = [.. ArchitectureTable.Names(isGguf: true).Concat(EncoderTable.Names(isGguf: true)).Distinct(StringComparer.Ordinal)];

    /// <summary>By <c>model_type</c>.</summary>
    public static IReadOnlyList<string> Safetensors { get; } = [.. ArchitectureTable.Names(isGguf: false).Concat(EncoderTable.Names(isGguf: false)).Distinct(StringComparer.Ordinal)];
}
