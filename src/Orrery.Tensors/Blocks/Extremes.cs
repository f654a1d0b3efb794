namespace Orrery.Tensors.Blocks;

/// <summary>The ends of a range of weights.</summary>
internal static class Extremes
{
    public static (float Least, float Most) Of(ReadOnlySpan<float> weights)
    {
        var (least, most) = (weights[0], weights[0]);
        foreach (float weight in weights)
            (least, most) = (MathF.Min(least, weight), MathF.Max(most, weight));
        return (least, most);
    }

    /// <summary>The weight that is farthest from zero; of two the first.</summary>
    public static float Farthest(ReadOnlySpan<float> weights)
    {
        float farthest = 0;
        foreach (float weight in weights)
        {
            if (MathF.Abs(weight) > MathF.Abs(farthest))
                farthest = weight;
        }
        return farthest;
    }
}
