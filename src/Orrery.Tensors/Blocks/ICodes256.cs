using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>One whose codes are below 64, so that two products of them fit 16 bits, and can be had with vectors of 512 bits.</summary>
internal unsafe interface ICodes256<TSelf> : IBlock256<TSelf>
    where TSelf : unmanaged, ICodes256<TSelf>
{
    /// <summary>Scales that are stored: 8 or 16.</summary>
    static abstract int PartCount { get; }

    /// <summary>Where the codes of a vector come from: 32 from each of these on, multiples of 16.</summary>
    /// <param name="vector">0 to 3 of <see cref="AllCodes"/>.</param>
    static abstract (int First, int Second) Places(int vector);

    /// <summary>All 256, 64 in each vector, the offset added.</summary>
    static abstract (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) AllCodes(TSelf* block);

    /// <summary>What four blocks have beside their codes.</summary>
    static abstract Parts256 PartsOf(TSelf* a, TSelf* b, TSelf* c, TSelf* d);

    /// <summary>The byte of 16 in <see cref="Parts256.Scales"/> that is a part's scale, where there are eight parts; with 16 it is the part's own number.</summary>
    static virtual int ScaleOf(int part) => part;

    /// <summary>The byte of 16 in <see cref="Parts256.Minima"/> that is a part's minimum, as above.</summary>
    static virtual int MinimumOf(int part) => part;
}

/// <summary>Of four blocks, 16 bytes for each.</summary>
/// <param name="Scales">Without a sign where there are minima.</param>
/// <param name="Minima">Those of the parts.</param>
/// <param name="Halves">The blocks' scales in the low halves, their minimum scales in the high ones.</param>
internal readonly record struct Parts256(Vector512<byte> Scales, Vector512<byte> Minima, Vector128<uint> Halves);
