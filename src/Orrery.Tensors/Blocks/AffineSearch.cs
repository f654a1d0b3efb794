using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>As <see cref="ScaleSearch"/>, for a scale and a minimum: weight ~ scale * code - minimum, both 0 or more, codes from 0 to top.</summary>
internal static class AffineSearch
{
    private const int Tries = 19;

    public static (float Scale, float Minimum) Best(ReadOnlySpan<float> weights, int top)
    {
        var (least, most) = Extremes.Of(weights);
        least = MathF.Min(least, 0);
        if (most <= least)
            return (0, -least);

        float sum = 0, squares = 0;
        foreach (float weight in weights)
            (sum, squares) = (sum + weight, squares + (weight * weight));
        var (leastError, scale, minimum) = (float.PositiveInfinity, (most - least) / top, -least);
        for (int i = 0; i < Tries; i++)
        {
            // The weights are spread over one code less than there are, up to nearly one more.
            float perUnit = (top - 1 + (0.1f * i)) / (most - least);
            var (codes, codeSquares, products) = Sums(weights, least, perUnit, top);
            var (newScale, newMinimum) = LeastSquares(weights.Length, sum, codes, codeSquares, products);

            // The sum of (weight - scale * code + minimum)².
            float error = squares + (newScale * newScale * codeSquares) + (newMinimum * newMinimum * weights.Length)
                - (2 * newScale * products) + (2 * newMinimum * sum) - (2 * newScale * newMinimum * codes);
            if (newScale > 0 && error < leastError)
                (leastError, scale, minimum) = (error, newScale, newMinimum);
        }
        return (scale, minimum);
    }

    /// <summary>
    /// The whole numbers from 0 to most, near scale / scaleUnit and minimum / minimumUnit, that lose least. Rounding each to its nearest is
    /// mostly not the best pair: what one loses the other can make good.
    /// </summary>
    public static (byte Scale, byte Minimum) Whole(
        ReadOnlySpan<float> weights, int top, int most, (float Scale, float Minimum) wanted, float scaleUnit, float minimumUnit)
    {
        int scale = (int)MathF.Round(wanted.Scale * ScaleSearch.PerUnit(scaleUnit)), minimum = (int)MathF.Round(wanted.Minimum * ScaleSearch.PerUnit(minimumUnit));
        var (least, best) = (float.PositiveInfinity, ((byte)0, (byte)0));
        for (int s = Math.Max(0, scale - 1); s <= Math.Min(most, scale + 1); s++)
        {
            for (int m = Math.Max(0, minimum - 1); m <= Math.Min(most, minimum + 1); m++)
            {
                float error = Error(weights, new WholeNumbers(0, top), scaleUnit * s, minimumUnit * m);
                if (error < least)
                    (least, best) = (error, ((byte)s, (byte)m));
            }
        }
        return best;
    }

    private static float Error(ReadOnlySpan<float> weights, WholeNumbers values, float scale, float minimum)
    {
        var (error, perUnit) = (Vector256<float>.Zero, ScaleSearch.PerUnit(scale));
        for (int at = 0; at < weights.Length; at += 8)
        {
            var x = Vector256.Create(weights.Slice(at, 8)) + Vector256.Create(minimum);
            var lost = x - (values.Nearest(x * perUnit) * scale);
            error = Vector256.MultiplyAddEstimate(lost, lost, error);
        }
        return Vector256.Sum(error);
    }

    // A minimum below 0 can't be kept: then there is none.
    private static (float Scale, float Minimum) LeastSquares(int count, float sum, float codes, float codeSquares, float products)
    {
        float determinant = (count * codeSquares) - (codes * codes);
        float minimum = determinant > 0 ? ((codes * products) - (codeSquares * sum)) / determinant : -1;
        if (minimum >= 0)
            return (((count * products) - (codes * sum)) / determinant, minimum);
        return codeSquares > 0 ? (products / codeSquares, 0) : (0, 0);
    }

    private static (float Codes, float Squares, float Products) Sums(ReadOnlySpan<float> weights, float least, float perUnit, int top)
    {
        var values = new WholeNumbers(0, top);
        var (codes, squares, products) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (int at = 0; at < weights.Length; at += 8)
        {
            var x = Vector256.Create(weights.Slice(at, 8));
            var code = values.Nearest((x - Vector256.Create(least)) * perUnit);
            codes += code;
            squares = Vector256.MultiplyAddEstimate(code, code, squares);
            products = Vector256.MultiplyAddEstimate(x, code, products);
        }
        return (Vector256.Sum(codes), Vector256.Sum(squares), Vector256.Sum(products));
    }
}
