using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>Four blocks in a row of each of four rows, in which scales are followed by 16 bytes of nibbles: Q4_0 and Q4_1. No more than four blocks are read.</summary>
/// <typeparam name="TBlock">9 or 10 words of 16 bits, the last eight of them nibbles.</typeparam>
internal static unsafe class NibbleBlocks4<TBlock>
    where TBlock : unmanaged
{
    private static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(TBlock) / 2;
    }

    /// <param name="codes">The words of nibbles; from 32 on, words of the last 64 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Products(TBlock* a, TBlock* b, TBlock* c, TBlock* d, ActivationQ8* x, Vector512<short> codes)
    {
        // Of codes up to 15 the products of four rows, two codes in turn, fit 16 bits: 8 * 15 * 127 is below 2^15.
        var (first, second) = (Vector512.Load((sbyte*)x), Vector512.Load((sbyte*)x + 64));
        var ab = Lanes.Turn(Products(a, first, second, codes), Products(b, first, second, codes));
        var cd = Lanes.Turn(Products(c, first, second, codes), Products(d, first, second, codes));
        return Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(ab, cd), Vector512<short>.One);
    }

    /// <param name="scales">Which two words of two blocks become two numbers, in each 16 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Halves(TBlock* a, TBlock* b, TBlock* c, TBlock* d, Vector512<short> scales)
    {
        var ab = Avx512BW.PermuteVar32x16x2(Vector512.Load((short*)a), scales, Vector512.Load((short*)b)).AsUInt64();
        var cd = Avx512BW.PermuteVar32x16x2(Vector512.Load((short*)c), scales, Vector512.Load((short*)d)).AsUInt64();
        return Avx512F.UnpackLow(ab, cd).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Products(TBlock* four, Vector512<sbyte> first, Vector512<sbyte> second, Vector512<short> codes)
    {
        // Safety: four blocks are 72 or 80 bytes, of which the first 64 and the last 64 are read.
        short* words = (short*)four;
        var (low, high) = Lanes.Nibbles(Avx512BW.PermuteVar32x16x2(Vector512.Load(words), codes, Vector512.Load(words + (4 * Width) - 32)).AsByte());
        return Avx512BW.MultiplyAddAdjacent(low, first) + Avx512BW.MultiplyAddAdjacent(high, second);
    }
}
