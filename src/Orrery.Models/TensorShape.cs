namespace Orrery.Models;

/// <summary>The one decision on whether a tensor has the shape that its reader expects. Shapes are slowest first: [experts, rows, cols].</summary>
internal static class TensorShape
{
    /// <summary>The widest type has 4 bytes a weight.</summary>
    private const int MaxCols = int.MaxValue / 4;

    /// <summary>Leading extents of 1 count for nothing: GGUF drops them, so [1, cols] and [cols] are the same tensor.</summary>
    public static bool Fits(ReadOnlySpan<long> stored, ReadOnlySpan<int> wanted)
    {
        while (stored is [1, _, ..])
            stored = stored[1..];
        while (wanted is [1, _, ..])
            wanted = wanted[1..];
        if (stored.Length != wanted.Length)
            return false;
        for (int i = 0; i < stored.Length; i++)
        {
            if (stored[i] != wanted[i])
                return false;
        }
        return true;
    }

    /// <summary>All but the last extent multiplied: experts are stacked. Null for what no matrix can be: its rows are spans of bytes.</summary>
    public static int? Rows(ReadOnlySpan<int> shape)
    {
        if (shape.IsEmpty || shape[^1] > MaxCols)
            return null;
        long rows = 1;
        foreach (int extent in shape)
        {
            if (extent < 1)
                return null;
        }
        for (int i = 0; i < shape.Length - 1; i++)
        {
            rows *= shape[i];
            if (rows > int.MaxValue)
                return null;
        }
        return (int)rows;
    }

    /// <summary>A stored shape as one asks for it. Empty for what no matrix can be, which fits nothing.</summary>
    public static int[] Wanted(ReadOnlySpan<long> stored)
    {
        int[] wanted = new int[stored.Length];
        for (int i = 0; i < stored.Length; i++)
        {
            if (stored[i] > int.MaxValue)
                return [];
            wanted[i] = (int)stored[i];
        }
        return wanted;
    }

    /// <summary>As it is written in errors: <c>[512, 64]</c>.</summary>
    /// <param name="fastestFirst">As GGUF writes shapes.</param>
    public static string Text(ReadOnlySpan<int> shape, bool fastestFirst = false)
    {
        int[] extents = shape.ToArray();
        if (fastestFirst)
            Array.Reverse(extents);
        return $"[{string.Join(", ", extents)}]";
    }
}
