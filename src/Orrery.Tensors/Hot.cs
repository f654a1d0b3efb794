using System.Runtime.CompilerServices;

namespace Orrery.Tensors;

/// <summary>For methods with loops that take most of the time.</summary>
internal static class Hot
{
    /// <summary>
    /// Compiled fully the first time, and once: the runtime's second compilation of a caller would otherwise take a copy into itself, in which
    /// what the loop is made of is no longer inlined, and which was measured to be up to twice as slow.
    /// </summary>
    public const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
