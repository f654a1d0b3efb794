using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>
/// Rotary position embedding (arXiv 2104.09864) in the layout of llama GGUF files: neighbours are a pair.
/// <code>
///   (x[2p], x[2p+1]) is turned by angle[p] = position * frequency[p], which unscaled is base^(-2p / ropeDims)
///   cos = [c0, c0, c1, c1, ...]    sin = [-s0, s0, -s1, s1, ...]    so that    y = x * cos + swapped(x) * sin
/// </code>
/// The tables are the same for every head and layer, so they are made once per position.
/// Hugging Face's files pair each dimension of the first half with one of the second instead: <see cref="RotateHalves"/>.
/// </summary>
public static class Rope
{
    /// <summary>Fills the tables of one position; both [ropeDims], which is even.</summary>
    /// <param name="frequencies">[ropeDims / 2], radians per position. In f64: f32 angles are off by more than 1e-3 at positions in the ten thousands.</param>
    /// <param name="magnitude">Times what is turned. 1 but for models stretched to a longer context.</param>
    public static void Angles(int position, ReadOnlySpan<double> frequencies, float magnitude, Span<float> cos, Span<float> sin)
    {
        Shapes.CheckSame(cos.Length, sin.Length, nameof(sin));
        Shapes.CheckSame(cos.Length, 2 * frequencies.Length, nameof(cos));
        for (int i = 0; i < frequencies.Length; i++)
        {
            var (s, c) = Math.SinCos(position * frequencies[i]);
            cos[2 * i] = cos[(2 * i) + 1] = (float)(magnitude * c);
            sin[2 * i] = -(float)(magnitude * s);
            sin[(2 * i) + 1] = (float)(magnitude * s);
        }
    }

    /// <summary>Turns every head of x [heads, headDim] in place; dimensions from cos.Length on stay as they are.</summary>
    public static void Rotate(Span<float> x, int headDim, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        Check(x, headDim, cos, sin);
        ref float pc = ref MemoryMarshal.GetReference(cos);
        ref float ps = ref MemoryMarshal.GetReference(sin);
        var swap = Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6);
        for (int head = 0; head < x.Length; head += headDim)
        {
            // Safety: i + 8 <= cos.Length == sin.Length <= headDim, and head + headDim <= x.Length.
            ref float px = ref MemoryMarshal.GetReference(x[head..]);
            nuint i = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; i + 8 <= (nuint)cos.Length; i += 8)
                {
                    var pair = Vector256.LoadUnsafe(ref px, i);
                    var turned = (pair * Vector256.LoadUnsafe(ref pc, i)) + (Vector256.Shuffle(pair, swap) * Vector256.LoadUnsafe(ref ps, i));
                    turned.StoreUnsafe(ref px, i);
                }
            }
            RotateHead(x.Slice(head + (int)i, cos.Length - (int)i), cos[(int)i..], sin[(int)i..]);
        }
    }

    /// <summary>
    /// The same with pairs (x[p], x[p + ropeDims / 2]). Takes the same tables, and gives the same numbers at other places, so that the rows
    /// of a mapped matrix need not be moved.
    /// </summary>
    public static void RotateHalves(Span<float> x, int headDim, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        Check(x, headDim, cos, sin);
        int half = cos.Length / 2;
        for (int head = 0; head < x.Length; head += headDim)
        {
            var first = x.Slice(head, half);
            var second = x.Slice(head + half, half);
            for (int p = 0; p < half; p++)
            {
                var (a, b) = (first[p], second[p]);
                first[p] = (a * cos[2 * p]) + (b * sin[2 * p]);
                second[p] = (b * cos[(2 * p) + 1]) + (a * sin[(2 * p) + 1]);
            }
        }
    }

    /// <summary>The definition.</summary>
    internal static void RotateScalar(Span<float> x, int headDim, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        Check(x, headDim, cos, sin);
        for (int head = 0; head < x.Length; head += headDim)
            RotateHead(x.Slice(head, cos.Length), cos, sin);
    }

    private static void RotateHead(Span<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        for (int i = 0; i < x.Length; i += 2)
            (x[i], x[i + 1]) = ((x[i] * cos[i]) + (x[i + 1] * sin[i]), (x[i + 1] * cos[i + 1]) + (x[i] * sin[i + 1]));
    }

    private static void Check(ReadOnlySpan<float> x, int headDim, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        Shapes.CheckSame(cos.Length, sin.Length, nameof(sin));
        if (headDim < 1 || x.Length % headDim != 0 || cos.Length > headDim || cos.Length % 2 != 0)
            throw new ArgumentException($"{x.Length} elements are not heads of {headDim} of which {cos.Length}, an even number, are turned.");
    }
}
