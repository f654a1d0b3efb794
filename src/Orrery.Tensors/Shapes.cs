namespace Orrery.Tensors;

/// <summary>What every kernel checks before it reads memory without further checks.</summary>
internal static class Shapes
{
    public static void Check(int blocks, int rows, int rowBlocks)
    {
        if (blocks != (long)rows * rowBlocks)
            throw new ArgumentException($"W has {blocks} blocks; {rows} rows of {rowBlocks} need {(long)rows * rowBlocks}.");
    }

    public static void CheckSame(int expected, int actual, string name)
    {
        if (expected != actual)
            throw new ArgumentException($"{name} has {actual} elements; {expected} are needed.");
    }
}
