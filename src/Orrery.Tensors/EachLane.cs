using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>What is done to every element by itself, eight at a time.</summary>
internal interface IEachLane
{
    /// <param name="a">The same for all elements.</param>
    static abstract Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a);
}

internal static class EachLane
{
    private const int Lanes = 8;

    /// <summary>x[i] = of(x[i], y[i], a); both [dim]. What comes out for an element does not depend on where it stands.</summary>
    public static void Apply<TOf>(Span<float> x, ReadOnlySpan<float> y, float a = 0)
        where TOf : struct, IEachLane
    {
        Shapes.CheckSame(x.Length, y.Length, nameof(y));
        if (x.Length >= Lanes)
        {
            Whole<TOf>(x, y, a);
            return;
        }

        // Few elements go through the same vectors: with other functions, numbers would depend on where in a batch a row stands.
        Span<float> padded = stackalloc float[2 * Lanes];
        padded.Clear();
        x.CopyTo(padded);
        y.CopyTo(padded[Lanes..]);
        Whole<TOf>(padded[..Lanes], padded[Lanes..], a);
        padded[..x.Length].CopyTo(x);
    }

    [MethodImpl(Hot.Loop)]
    private static void Whole<TOf>(Span<float> x, ReadOnlySpan<float> y, float a)
        where TOf : struct, IEachLane
    {
        // Safety: both have the same length, eight or more. The last eight, of which the loop may have had some, are computed before it changes them.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float py = ref MemoryMarshal.GetReference(y);
        nuint last = (nuint)(x.Length - Lanes);
        var end = TOf.Of(Vector256.LoadUnsafe(ref px, last), Vector256.LoadUnsafe(ref py, last), a);
        for (nuint i = 0; i < last; i += Lanes)
            TOf.Of(Vector256.LoadUnsafe(ref px, i), Vector256.LoadUnsafe(ref py, i), a).StoreUnsafe(ref px, i);
        end.StoreUnsafe(ref px, last);
    }
}
