using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>One whose blocks are taken four at a time with AVX-512, from four rows. Each 16 bytes of what comes out belong to one block, the four numbers in them to the rows.</summary>
internal unsafe interface IBlocks4<TSelf> : IBlock32<TSelf>
    where TSelf : unmanaged, IBlocks4<TSelf>
{
    /// <summary>Whether products are those of codes, the offset added. Else they are those of quants.</summary>
    static abstract bool Unsigned { get; }

    /// <summary>Sums of the products with four blocks of x.</summary>
    static abstract Vector512<int> Products(TSelf* a, TSelf* b, TSelf* c, TSelf* d, ActivationQ8* x);

    /// <summary>The blocks' scales in the low halves; where there are minima these in the high ones.</summary>
    static abstract Vector512<uint> Halves(TSelf* a, TSelf* b, TSelf* c, TSelf* d);
}
