using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orrery.Tensors;

/// <summary>
/// 32 weights with one scale: weight[i] = Scale * Quants[i]. 34 bytes, 8.5 bits per weight.
/// The bytes of GGUF's Q8_0, so that a file is mapped and not converted.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct BlockQ8
{
    public const int Weights = 32;
    public const int Bytes = 34;

    public Half Scale;
    public Row Quants;

    [InlineArray(Weights)]
    public struct Row
    {
        private sbyte _first;
    }
}

/// <summary>32 activations, rounded to 8 bits like the weights that they meet: x[i] ~ Scale * Quants[i], with the largest at ±127.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ActivationQ8
{
    public float Scale;
    public BlockQ8.Row Quants;
}
