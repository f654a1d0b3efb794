using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

public static class Softmax
{
    /// <summary>x[i] = exp(x[i] - max) / sum of the same. The maximum is taken off so that no exponential overflows.</summary>
    public static void Apply(Span<float> x)
    {
        if (!Vector256.IsHardwareAccelerated || x.Length < Vector256<float>.Count)
        {
            ApplyScalar(x);
            return;
        }

        // Safety: i + 8 <= x.Length at every load and store.
        ref float px = ref MemoryMarshal.GetReference(x);
        var max = Vector256.Create(Max(x));
        var sums = Vector256<float>.Zero;
        nuint i = 0;
        for (; i + 8 <= (nuint)x.Length; i += 8)
        {
            var power = Vector256.Exp(Vector256.LoadUnsafe(ref px, i) - max);
            power.StoreUnsafe(ref px, i);
            sums += power;
        }
        float sum = Vector256.Sum(sums);
        for (int rest = (int)i; rest < x.Length; rest++)
            sum += x[rest] = MathF.Exp(x[rest] - max[0]);

        float scale = 1 / sum;
        for (i = 0; i + 8 <= (nuint)x.Length; i += 8)
            (Vector256.LoadUnsafe(ref px, i) * scale).StoreUnsafe(ref px, i);
        for (int rest = (int)i; rest < x.Length; rest++)
            x[rest] *= scale;
    }

    /// <summary>The definition.</summary>
    internal static void ApplyScalar(Span<float> x)
    {
        float max = Max(x);
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] = MathF.Exp(x[i] - max);
        for (int i = 0; i < x.Length; i++)
            x[i] /= sum;
    }

    private static float Max(ReadOnlySpan<float> x)
    {
        float max = float.NegativeInfinity;
        int i = 0;
        if (Vector256.IsHardwareAccelerated && x.Length >= Vector256<float>.Count)
        {
            var most = Vector256.Create(max);
            for (; i + 8 <= x.Length; i += 8)
                most = Vector256.MaxNative(most, Vector256.Create(x.Slice(i, 8)));
            for (int lane = 0; lane < Vector256<float>.Count; lane++)
                max = MathF.Max(max, most[lane]);
        }
        for (; i < x.Length; i++)
            max = MathF.Max(max, x[i]);
        return max;
    }
}
