namespace Orrery.Tensors.Blocks;

/// <summary>
/// How Q3_K and Q6_K are made: 256 weights in 16 parts with a signed scale each, a small whole number.
/// weight ~ Scale * scale of the part * (code - half).
/// </summary>
internal static class SymmetricParts
{
    /// <param name="half">Codes go from 0 to 2 * half - 1.</param>
    /// <param name="most">Scales of parts go from -most to most - 1.</param>
    /// <param name="scales">[16], written.</param>
    /// <param name="codes">[256], written.</param>
    /// <returns>The scale of the block.</returns>
    public static Half Of(ReadOnlySpan<float> weights, int half, int most, Span<sbyte> scales, Span<byte> codes)
    {
        var values = new WholeNumbers(-half, half - 1);
        int width = weights.Length / scales.Length;
        var scale = Scales(weights, values, step: 0.1f, most, scales);
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (byte)(values.Nearest(weights[i] * ScaleSearch.PerUnit((float)scale * scales[i / width])) + half);
        return scale;
    }

    /// <summary>The scale of the block and those of its parts, <paramref name="scales"/>, which are written.</summary>
    public static Half Scales<TValues>(ReadOnlySpan<float> weights, TValues values, float step, int most, Span<sbyte> scales)
        where TValues : ICodeValues
    {
        int width = weights.Length / scales.Length;
        Span<float> wanted = stackalloc float[scales.Length];
        for (int part = 0; part < scales.Length; part++)
            wanted[part] = ScaleSearch.Best(weights.Slice(part * width, width), values, step);

        var scale = (Half)(Extremes.Farthest(wanted) / -most);
        for (int part = 0; part < scales.Length; part++)
            scales[part] = ScaleSearch.Whole(weights.Slice(part * width, width), values, wanted[part], (float)scale, most);
        return scale;
    }
}
