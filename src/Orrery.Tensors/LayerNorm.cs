using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Layer normalisation (arXiv 1607.06450).</summary>
public static class LayerNorm
{
    /// <summary>y[i] = (x[i] - mean) / sqrt(variance + epsilon) * weight[i] + bias[i], variance being the mean of (x - mean)²; all [dim]. y may be x.</summary>
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> y)
    {
        Check(x, weight, bias, y);
        if (!Vector256.IsHardwareAccelerated || x.Length < Vector256<float>.Count)
        {
            ApplyScalar(x, weight, bias, epsilon, y);
            return;
        }

        // Safety: i + 8 <= x.Length, the length of all four, at every load and store.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float pw = ref MemoryMarshal.GetReference(weight);
        ref float pb = ref MemoryMarshal.GetReference(bias);
        ref float py = ref MemoryMarshal.GetReference(y);
        nuint i = 0, whole = (nuint)x.Length & ~(nuint)7;

        var sums = Vector256<float>.Zero;
        for (; i < whole; i += 8)
            sums += Vector256.LoadUnsafe(ref px, i);
        float sum = Vector256.Sum(sums);
        for (int rest = (int)whole; rest < x.Length; rest++)
            sum += x[rest];
        float mean = sum / x.Length;

        // In a second pass: the mean of squares less the square of the mean would lose what little differs from a large mean.
        var squares = Vector256<float>.Zero;
        var middle = Vector256.Create(mean);
        for (i = 0; i < whole; i += 8)
        {
            var difference = Vector256.LoadUnsafe(ref px, i) - middle;
            squares = Vector256.MultiplyAddEstimate(difference, difference, squares);
        }
        float variance = Vector256.Sum(squares);
        for (int rest = (int)whole; rest < x.Length; rest++)
            variance += (x[rest] - mean) * (x[rest] - mean);
        float scale = 1 / MathF.Sqrt((variance / x.Length) + epsilon);

        for (i = 0; i < whole; i += 8)
            (((Vector256.LoadUnsafe(ref px, i) - middle) * scale * Vector256.LoadUnsafe(ref pw, i)) + Vector256.LoadUnsafe(ref pb, i)).StoreUnsafe(ref py, i);
        for (int rest = (int)whole; rest < x.Length; rest++)
            y[rest] = ((x[rest] - mean) * scale * weight[rest]) + bias[rest];
    }

    /// <summary>The definition.</summary>
    internal static void ApplyScalar(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> y)
    {
        Check(x, weight, bias, y);
        float sum = 0;
        foreach (float value in x)
            sum += value;
        float mean = sum / x.Length, squares = 0;
        foreach (float value in x)
            squares += (value - mean) * (value - mean);
        float scale = 1 / MathF.Sqrt((squares / x.Length) + epsilon);
        for (int i = 0; i < x.Length; i++)
            y[i] = ((x[i] - mean) * scale * weight[i]) + bias[i];
    }

    private static void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> y)
    {
        Shapes.CheckSame(x.Length, weight.Length, nameof(weight));
        Shapes.CheckSame(x.Length, bias.Length, nameof(bias));
        Shapes.CheckSame(x.Length, y.Length, nameof(y));
    }
}
