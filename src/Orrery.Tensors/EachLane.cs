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
        int whole = x.Length / Lanes * Lanes, rest = x.Length - whole;
        Whole<TOf>(x[..whole], y[..whole], a);
        if (rest == 0)
            return;

        // The rest goes through the same vectors: with other functions, numbers would depend on where in a batch a row stands.
        Span<float> padded = stackalloc float[2 * Lanes];
        padded.Clear();
        x[whole..].CopyTo(padded);
        y[whole..].CopyTo(padded[Lanes..]);
        Whole<TOf>(padded[..Lanes], padded[Lanes..], a);
        padded[..rest].CopyTo(x[whole..]);
    }

    [MethodImpl(Hot.Loop)]
    private static void Whole<TOf>(Span<float> x, ReadOnlySpan<float> y, float a)
        where TOf : struct, IEachLane
    {
        // Safety: both have the same length, a multiple of eight.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float py = ref MemoryMarshal.GetReference(y);
        for (nuint i = 0; i < (nuint)x.Length; i += Lanes)
            TOf.Of(Vector256.LoadUnsafe(ref px, i), Vector256.LoadUnsafe(ref py, i), a).StoreUnsafe(ref px, i);
    }
}
