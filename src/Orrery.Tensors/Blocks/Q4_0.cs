using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight[i] = Scale * (nibble[i] - 8). Byte i holds weight i in its low nibble and weight i + 16 in its high one.
/// 18 bytes, 4.5 bits per weight.
/// </summary>
internal struct Q4_0 : IBlock32<Q4_0>, IBlocks4<Q4_0>
{
    public Half D;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => false;

    public static int Offset => 8;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => 0;

    public readonly Vector256<sbyte> Quants => Lanes.Nibbles(in Nibbles[0]).AsSByte() - Vector256.Create((sbyte)8);

    public static bool Unsigned => true;

    // Safety: 16 bytes inside each of four blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe (Vector512<byte> First, Vector512<byte> Second) Codes(Q4_0* a, Q4_0* b, Q4_0* c, Q4_0* d)
        => Lanes.Nibbles(Lanes.Four((byte*)&a->Nibbles, (byte*)&b->Nibbles, (byte*)&c->Nibbles, (byte*)&d->Nibbles));

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = (float)D * ((Nibbles[i] & 0x0F) - 8);
            to[i + 16] = (float)D * ((Nibbles[i] >> 4) - 8);
        }
    }

    /// <summary>The farthest weight becomes -8 exactly, which leaves 7 for the other side.</summary>
    public static Q4_0 Quantize(ReadOnlySpan<float> weights)
    {
        float scale = Extremes.Farthest(weights) / -8;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q4_0 { D = (Half)scale };
        for (int i = 0; i < 16; i++)
            block.Nibbles[i] = (byte)(Code(weights[i]) | (Code(weights[i + 16]) << 4));
        return block;

        int Code(float weight) => Math.Min(15, (int)((weight * perUnit) + 8.5f));
    }
}
