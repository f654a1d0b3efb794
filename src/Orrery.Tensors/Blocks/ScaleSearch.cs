using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Scales that lose least: several are tried, each rounds the weights to values that codes stand for, and for those least squares give the
/// best scale. The error is the plain sum of squares, which is what a product with unknown activations loses on average.
/// Weights come in multiples of 8.
/// </summary>
internal static class ScaleSearch
{
    private const int Tries = 9;

    /// <summary>scale so that weight ~ scale * value. It has either sign.</summary>
    /// <param name="step">The farthest weight becomes the first or last value, or up to nine steps more or less.</param>
    public static float Best<TValues>(ReadOnlySpan<float> weights, TValues values, float step)
        where TValues : ICodeValues
    {
        float farthest = Extremes.Farthest(weights);
        if (farthest == 0)
            return 0;

        var (best, scale) = (0f, farthest / values.Least);
        for (int i = -Tries; i <= Tries; i++)
        {
            Improve(weights, values, (values.Least + (step * i)) / farthest, ref best, ref scale);
            Improve(weights, values, (values.Most + (step * i)) / farthest, ref best, ref scale);
        }
        return scale;
    }

    /// <summary>The sum of squares that is lost with a scale.</summary>
    public static float Error<TValues>(ReadOnlySpan<float> weights, TValues values, float scale)
        where TValues : ICodeValues
    {
        var (error, perUnit) = (Vector256<float>.Zero, PerUnit(scale));
        for (int at = 0; at < weights.Length; at += 8)
        {
            var x = Vector256.Create(weights.Slice(at, 8));
            var lost = x - (values.Nearest(x * perUnit) * scale);
            error = Vector256.MultiplyAddEstimate(lost, lost, error);
        }
        return Vector256.Sum(error);
    }

    /// <summary>The whole number from -most to most - 1, near wanted / unit, with which unit * number loses least.</summary>
    public static sbyte Whole<TValues>(ReadOnlySpan<float> weights, TValues values, float wanted, float unit, int most)
        where TValues : ICodeValues
    {
        int nearest = (int)MathF.Round(wanted * PerUnit(unit));
        var (least, best) = (float.PositiveInfinity, 0);
        for (int scale = Math.Max(-most, nearest - 1); scale <= Math.Min(most - 1, nearest + 1); scale++)
        {
            float error = Error(weights, values, unit * scale);
            if (error < least)
                (least, best) = (error, scale);
        }
        return (sbyte)best;
    }

    /// <summary>1 / scale; 0 for a scale of 0, which makes all weights 0.</summary>
    public static float PerUnit(float scale) => scale == 0 ? 0 : 1 / scale;

    // For given values the best scale is products / squares, and it takes products² / squares off the error.
    private static void Improve<TValues>(ReadOnlySpan<float> weights, TValues values, float perUnit, ref float best, ref float scale)
        where TValues : ICodeValues
    {
        var (productSums, squareSums) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (int at = 0; at < weights.Length; at += 8)
        {
            var x = Vector256.Create(weights.Slice(at, 8));
            var value = values.Nearest(x * perUnit);
            productSums = Vector256.MultiplyAddEstimate(x, value, productSums);
            squareSums = Vector256.MultiplyAddEstimate(value, value, squareSums);
        }

        var (products, squares) = (Vector256.Sum(productSums), Vector256.Sum(squareSums));
        if (squares > 0 && products * products > best * squares)
            (best, scale) = (products * products / squares, products / squares);
    }
}
