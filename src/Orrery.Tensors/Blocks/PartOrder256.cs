using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>Where <see cref="Quads256{TBlock}"/> finds the scales and minima of four rows, as tables for shuffling.</summary>
internal readonly struct PartOrder256<TBlock>
    where TBlock : unmanaged, ICodes256<TBlock>
{
    /// <summary>Takes the scales, or minima, of each row to 16 bits, where they are eight.</summary>
    public readonly Vector512<byte> Scales, Minima;

    /// <summary>For each vector of codes: every lane's part, of rows 0, 1, 2 and 3, each twice; of rows 0 and 1, twice, where codes have 6 bits.</summary>
    public readonly Vector512<short> Of0, Of1, Of2, Of3;

    /// <summary>Two parts of rows 0 to 3 in every lane: parts 0 to 7, and where there are more, 8 to 15.</summary>
    public readonly Vector512<short> First, Second;

    public PartOrder256()
    {
        (Of0, Of1, Of2, Of3) = (OfVector(0), OfVector(1), OfVector(2), OfVector(3));
        First = Shorts(at => (at % 8 / 2 * TBlock.PartCount) + (at / 8 * 2) + (at % 2));
        Second = Shorts(at => (at % 8 / 2 * TBlock.PartCount) + (at / 8 * 2) + (at % 2) + 8);
        if (TBlock.PartCount == 8)
        {
            Scales = Bytes(at => at % 2 == 0 ? TBlock.ScaleOf(at / 2 % 8) : 0x80);
            Minima = Bytes(at => at % 2 == 0 ? TBlock.MinimumOf(at / 2 % 8) : 0x80);
        }
    }

    private static Vector512<short> OfVector(int vector)
    {
        var (first, second) = TBlock.Places(vector);
        int Part(int lane) => ((lane < 2 ? first : second) + (lane % 2 * 16)) / (256 / TBlock.PartCount);
        return Shorts(at => (at % (TBlock.Wide ? 4 : 8) / 2 * TBlock.PartCount) + Part(at / 8));
    }

    private static Vector512<short> Shorts(Func<int, int> of) => Vector512.Create<short>(Enumerable.Range(0, 32).Select(at => (short)of(at)).ToArray());

    private static Vector512<byte> Bytes(Func<int, int> of) => Vector512.Create<byte>(Enumerable.Range(0, 64).Select(at => (byte)of(at)).ToArray());
}
