using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Root mean square normalisation (arXiv 1910.07467).</summary>
public static class RmsNorm
{
    /// <summary>y[i] = x[i] / sqrt(mean of x² + epsilon) * weight[i]; all [dim]. y may be x.</summary>
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        Shapes.CheckSame(x.Length, weight.Length, nameof(weight));
        Shapes.CheckSame(x.Length, y.Length, nameof(y));
        float scale = 1 / MathF.Sqrt((F32.Dot(x, x) / x.Length) + epsilon);

        // Safety: i + 8 <= x.Length, the length of all three.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float pw = ref MemoryMarshal.GetReference(weight);
        ref float py = ref MemoryMarshal.GetReference(y);
        nuint i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= (nuint)x.Length; i += 8)
                (Vector256.LoadUnsafe(ref px, i) * scale * Vector256.LoadUnsafe(ref pw, i)).StoreUnsafe(ref py, i);
        }
        for (int rest = (int)i; rest < x.Length; rest++)
            y[rest] = x[rest] * scale * weight[rest];
    }

    /// <summary>The definition.</summary>
    internal static void ApplyScalar(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        float squares = 0;
        foreach (float value in x)
            squares += value * value;
        float scale = 1 / MathF.Sqrt((squares / x.Length) + epsilon);
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i] * scale * weight[i];
    }
}
