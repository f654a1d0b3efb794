using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>weight[i] = Scale * byte i. 34 bytes, 8.5 bits per weight.</summary>
internal struct Q8_0 : IBlock32<Q8_0>, IBlocks4<Q8_0>
{
    public Half D;
    public Row32<sbyte> Bytes;

    public static bool HasMinimum => false;

    public static int Offset => 128;

    public static int Planes => 2;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => 0;

    // Safety: 32 bytes.
    public readonly Vector256<sbyte> Quants => Vector256.LoadUnsafe(in Bytes[0]);

    public static bool Unsigned => false;

    // Safety: 16 bytes inside each of four blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe (Vector512<byte> First, Vector512<byte> Second) Codes(Q8_0* a, Q8_0* b, Q8_0* c, Q8_0* d)
        => (Lanes.Four((byte*)&a->Bytes, (byte*)&b->Bytes, (byte*)&c->Bytes, (byte*)&d->Bytes),
            Lanes.Four((byte*)&a->Bytes + 16, (byte*)&b->Bytes + 16, (byte*)&c->Bytes + 16, (byte*)&d->Bytes + 16));

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 32; i++)
            to[i] = (float)D * Bytes[i];
    }

    public static Q8_0 Quantize(ReadOnlySpan<float> weights)
    {
        var (least, most) = Extremes.Of(weights);
        float scale = MathF.Max(-least, most) / 127;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q8_0 { D = (Half)scale };
        for (int i = 0; i < 32; i++)
            block.Bytes[i] = (sbyte)MathF.Round(weights[i] * perUnit, MidpointRounding.AwayFromZero);
        return block;
    }
}
