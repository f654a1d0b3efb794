using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

public static class Elementwise
{
    /// <summary>x += y; both [dim].</summary>
    public static void Add(Span<float> x, ReadOnlySpan<float> y)
    {
        Shapes.CheckSame(x.Length, y.Length, nameof(y));

        // Safety: i + 8 <= x.Length == y.Length.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float py = ref MemoryMarshal.GetReference(y);
        nuint i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= (nuint)x.Length; i += 8)
                (Vector256.LoadUnsafe(ref px, i) + Vector256.LoadUnsafe(ref py, i)).StoreUnsafe(ref px, i);
        }
        AddScalar(x[(int)i..], y[(int)i..]);
    }

    internal static void AddScalar(Span<float> x, ReadOnlySpan<float> y)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] += y[i];
    }

    /// <summary>x *= scale.</summary>
    public static void Scale(Span<float> x, float scale)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] *= scale;
    }

    /// <summary>x += scale * y; both [dim].</summary>
    public static void AddScaled(Span<float> x, ReadOnlySpan<float> y, float scale)
    {
        Shapes.CheckSame(x.Length, y.Length, nameof(y));
        for (int i = 0; i < x.Length; i++)
            x[i] += scale * y[i];
    }

    /// <summary>Keeps every x[i] between -limit and limit.</summary>
    public static void Clamp(Span<float> x, float limit)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] = MathF.Min(MathF.Max(x[i], -limit), limit);
    }

    /// <summary>x[i] = cap * tanh(x[i] / cap): never beyond the cap, and nearly x[i] far below it (arXiv 2408.00118).</summary>
    public static void SoftCap(Span<float> x, float cap)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] = cap * MathF.Tanh(x[i] / cap);
    }

    /// <summary>gate[i] = silu(gate[i]) * up[i], where silu(z) = z / (1 + exp(-z)); both [dim]. The gated unit of arXiv 2002.05202.</summary>
    public static void SiluMul(Span<float> gate, ReadOnlySpan<float> up)
    {
        Shapes.CheckSame(gate.Length, up.Length, nameof(up));

        if (!Vector256.IsHardwareAccelerated)
        {
            SiluMulScalar(gate, up);
            return;
        }

        // Safety: i + 8 <= gate.Length == up.Length.
        ref float pg = ref MemoryMarshal.GetReference(gate);
        ref float pu = ref MemoryMarshal.GetReference(up);
        nuint i = 0;
        for (; i + 8 <= (nuint)gate.Length; i += 8)
        {
            var z = Vector256.LoadUnsafe(ref pg, i);
            var silu = z / (Vector256<float>.One + Vector256.Exp(-z));
            (silu * Vector256.LoadUnsafe(ref pu, i)).StoreUnsafe(ref pg, i);
        }
        if (i == (nuint)gate.Length)
            return;

        // The rest goes through the same vectors: with another exponential, numbers would depend on where in a batch a row stands.
        int rest = gate.Length - (int)i;
        Span<float> padded = stackalloc float[16];
        padded.Clear();
        gate[(int)i..].CopyTo(padded);
        up[(int)i..].CopyTo(padded[8..]);
        SiluMul(padded[..8], padded[8..]);
        padded[..rest].CopyTo(gate[(int)i..]);
    }

    internal static void SiluMulScalar(Span<float> gate, ReadOnlySpan<float> up)
    {
        for (int i = 0; i < gate.Length; i++)
            gate[i] = gate[i] / (1 + MathF.Exp(-gate[i])) * up[i];
    }
}
