using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// The steps of a tile's product: 32 rows of W, in vectors u and v of 16 each, against four rows of x. Sums a belong to u, sums b to v, and
/// their numbers to the rows of x. They are passed one by one, because only so does the compiler keep all of them in registers.
/// </summary>
internal static unsafe class TileSums
{
    /// <summary>Four codes of each row times four activations, in 16 bits.</summary>
    /// <param name="w">Two vectors.</param>
    /// <param name="at">Of the activations, in bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(
        byte* w, sbyte* q0, sbyte* q1, sbyte* q2, sbyte* q3, int at,
        out Vector512<short> a0, out Vector512<short> a1, out Vector512<short> a2, out Vector512<short> a3,
        out Vector512<short> b0, out Vector512<short> b1, out Vector512<short> b2, out Vector512<short> b3)
    {
        var (u, v) = (Vector512.Load(w), Vector512.Load(w + 64));
        var x = Vector512.Create(*(int*)(q0 + at)).AsSByte();
        a0 = Avx512BW.MultiplyAddAdjacent(u, x);
        b0 = Avx512BW.MultiplyAddAdjacent(v, x);
        x = Vector512.Create(*(int*)(q1 + at)).AsSByte();
        a1 = Avx512BW.MultiplyAddAdjacent(u, x);
        b1 = Avx512BW.MultiplyAddAdjacent(v, x);
        x = Vector512.Create(*(int*)(q2 + at)).AsSByte();
        a2 = Avx512BW.MultiplyAddAdjacent(u, x);
        b2 = Avx512BW.MultiplyAddAdjacent(v, x);
        x = Vector512.Create(*(int*)(q3 + at)).AsSByte();
        a3 = Avx512BW.MultiplyAddAdjacent(u, x);
        b3 = Avx512BW.MultiplyAddAdjacent(v, x);
    }

    /// <summary>The next four, added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        byte* w, sbyte* q0, sbyte* q1, sbyte* q2, sbyte* q3, int at,
        ref Vector512<short> a0, ref Vector512<short> a1, ref Vector512<short> a2, ref Vector512<short> a3,
        ref Vector512<short> b0, ref Vector512<short> b1, ref Vector512<short> b2, ref Vector512<short> b3)
    {
        Set(w, q0, q1, q2, q3, at, out var c0, out var c1, out var c2, out var c3, out var d0, out var d1, out var d2, out var d3);
        a0 += c0;
        b0 += d0;
        a1 += c1;
        b1 += d1;
        a2 += c2;
        b2 += d2;
        a3 += c3;
        b3 += d3;
    }

    /// <summary>Neighbours times numbers for u and for v, added up in 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTimes(
        Vector512<short> timesU, Vector512<short> timesV,
        Vector512<short> a0, Vector512<short> a1, Vector512<short> a2, Vector512<short> a3,
        Vector512<short> b0, Vector512<short> b1, Vector512<short> b2, Vector512<short> b3,
        ref Vector512<int> s0, ref Vector512<int> s1, ref Vector512<int> s2, ref Vector512<int> s3,
        ref Vector512<int> t0, ref Vector512<int> t1, ref Vector512<int> t2, ref Vector512<int> t3)
    {
        s0 += Avx512BW.MultiplyAddAdjacent(a0, timesU);
        t0 += Avx512BW.MultiplyAddAdjacent(b0, timesV);
        s1 += Avx512BW.MultiplyAddAdjacent(a1, timesU);
        t1 += Avx512BW.MultiplyAddAdjacent(b1, timesV);
        s2 += Avx512BW.MultiplyAddAdjacent(a2, timesU);
        t2 += Avx512BW.MultiplyAddAdjacent(b2, timesV);
        s3 += Avx512BW.MultiplyAddAdjacent(a3, timesU);
        t3 += Avx512BW.MultiplyAddAdjacent(b3, timesV);
    }

    /// <summary>y += scale * sum, with a scale for each row of W and one for each row of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(
        Vector512<float> u, Vector512<float> v, float e0, float e1, float e2, float e3,
        Vector512<int> s0, Vector512<int> s1, Vector512<int> s2, Vector512<int> s3,
        Vector512<int> t0, Vector512<int> t1, Vector512<int> t2, Vector512<int> t3,
        ref Vector512<float> f0, ref Vector512<float> f1, ref Vector512<float> f2, ref Vector512<float> f3,
        ref Vector512<float> g0, ref Vector512<float> g1, ref Vector512<float> g2, ref Vector512<float> g3)
    {
        f0 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(s0), u * e0, f0);
        g0 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(t0), v * e0, g0);
        f1 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(s1), u * e1, f1);
        g1 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(t1), v * e1, g1);
        f2 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(s2), u * e2, f2);
        g2 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(t2), v * e2, g2);
        f3 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(s3), u * e3, f3);
        g3 = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(t3), v * e3, g3);
    }
}
