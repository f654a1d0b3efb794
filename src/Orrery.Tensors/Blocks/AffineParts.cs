namespace Orrery.Tensors.Blocks;

/// <summary>
/// How Q2_K, Q4_K and Q5_K are made: 256 weights in parts that each have a scale and a minimum, both small whole numbers.
/// weight ~ Scale * scale of the part * code - MinimumScale * minimum of the part.
/// </summary>
internal static class AffineParts
{
    /// <param name="top">The largest code.</param>
    /// <param name="most">The largest scale and minimum of a part.</param>
    /// <param name="scales">[parts], written.</param>
    /// <param name="minima">[parts], written.</param>
    /// <param name="codes">[256], written.</param>
    public static (Half Scale, Half MinimumScale) Of(ReadOnlySpan<float> weights, int top, int most, Span<byte> scales, Span<byte> minima, Span<byte> codes)
    {
        int width = weights.Length / scales.Length;
        Span<(float Scale, float Minimum)> wanted = stackalloc (float, float)[scales.Length];
        var (mostScale, mostMinimum) = (0f, 0f);
        for (int part = 0; part < scales.Length; part++)
        {
            wanted[part] = AffineSearch.Best(weights.Slice(part * width, width), top);
            (mostScale, mostMinimum) = (MathF.Max(mostScale, wanted[part].Scale), MathF.Max(mostMinimum, wanted[part].Minimum));
        }

        var (scale, minimumScale) = ((Half)(mostScale / most), (Half)(mostMinimum / most));
        var values = new WholeNumbers(0, top);
        for (int part = 0; part < scales.Length; part++)
        {
            var own = weights.Slice(part * width, width);
            (scales[part], minima[part]) = AffineSearch.Whole(own, top, most, wanted[part], (float)scale, (float)minimumScale);
            float minimum = (float)minimumScale * minima[part];
            float perUnit = ScaleSearch.PerUnit((float)scale * scales[part]);
            for (int i = 0; i < width; i++)
                codes[(part * width) + i] = (byte)values.Nearest((own[i] + minimum) * perUnit);
        }
        return (scale, minimumScale);
    }
}
