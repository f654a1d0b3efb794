using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orrery.Tensors;

/// <summary>
/// 32 weights of 4 bits with one scale: weight[i] = Scale * (nibble[i] - 8). Byte i holds weight i in its low nibble and weight i + 16
/// in its high one. 18 bytes, 4.5 bits per weight. The bytes of GGUF's Q4_0, so that a file is mapped and not converted.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct BlockQ4
{
    public const int Weights = 32;
    public const int Bytes = 18;

    public Half Scale;
    public Row Nibbles;

    [InlineArray(Weights / 2)]
    public struct Row
    {
        private byte _first;
    }
}
