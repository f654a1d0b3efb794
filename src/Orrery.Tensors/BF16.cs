using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors;

/// <summary>
/// bfloat16 weights: 2 bytes each, the upper half of an f32. Activations are rounded to bfloat16 too, as llama.cpp does, so that
/// greedy texts are the same; sums are f32.
/// </summary>
internal readonly struct BF16 : IFormat<ushort, BF16.Activation>, IFloats<ushort>
{
    /// <summary>sum w[i] * x[i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    public static float Dot(ReadOnlySpan<ushort> w, ReadOnlySpan<float> x)
    {
        Shapes.CheckSame(x.Length, w.Length, nameof(w));

        // Safety: i + 16 <= x.Length == w.Length at every load.
        ref ushort pw = ref MemoryMarshal.GetReference(w);
        ref float px = ref MemoryMarshal.GetReference(x);
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        nuint i = 0;
        for (; i + 16 <= (nuint)x.Length; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref pw, i));
            even = Vector256.MultiplyAddEstimate((low << 16).AsSingle(), Vector256.LoadUnsafe(ref px, i), even);
            odd = Vector256.MultiplyAddEstimate((high << 16).AsSingle(), Vector256.LoadUnsafe(ref px, i + 8), odd);
        }
        return Vector256.Sum(even + odd) + DotScalar(w[(int)i..], x[(int)i..]);
    }

    public static void Multiply(in Product<ushort, Activation> product) => FloatRows<BF16, ushort, Activation>.Multiply(product);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Sixteen(ushort* first) => (Avx512F.ConvertToVector512UInt32(Vector256.Load(first)) << 16).AsSingle();

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<ushort> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += Widen(w[i]) * x[i];
        return sum;
    }

    /// <summary>The bfloat16 nearest to each, of two the even one; NaN stays NaN.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<float> to)
    {
        Shapes.CheckSame(x.Length, to.Length, nameof(to));

        // Safety: i + 8 <= x.Length == to.Length.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float pt = ref MemoryMarshal.GetReference(to);
        nuint i = 0;
        for (; i + 8 <= (nuint)x.Length; i += 8)
        {
            var value = Vector256.LoadUnsafe(ref px, i);
            var bits = value.AsUInt32();
            var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One)) & Vector256.Create(0xFFFF0000u);
            Vector256.ConditionalSelect(Vector256.IsNaN(value), value, rounded.AsSingle()).StoreUnsafe(ref pt, i);
        }
        for (int rest = (int)i; rest < x.Length; rest++)
            to[rest] = Widen(Narrow(x[rest]));
    }

    public static void Widen(ReadOnlySpan<ushort> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = Widen(from[i]);
    }

    public static void Quantize(ReadOnlySpan<float> from, Span<ushort> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = Narrow(from[i]);
    }

    private static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static ushort Narrow(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);

        // A NaN keeps a bit of its fraction, or it would become infinite.
        return float.IsNaN(x) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>An f32 that is a bfloat16.</summary>
    public struct Activation : IActivation<Activation>
    {
        public float Value;

        public static int Width => 1;

        public static int Padding => FloatRows.Padding;

        public static void Round(ReadOnlySpan<float> x, Span<Activation> to)
        {
            var floats = MemoryMarshal.Cast<Activation, float>(to);
            BF16.Round(x, floats[..x.Length]);
            FloatRows.Pad(floats, x.Length);
        }

        public static void Widen(ReadOnlySpan<Activation> from, Span<float> to) => MemoryMarshal.Cast<Activation, float>(from)[..to.Length].CopyTo(to);
    }
}
