using System.Runtime.InteropServices;

namespace Orrery.Tensors.Tests;

/// <summary>Against llama.cpp's own products of the same rows with rows 3 and 4 as activations; Data/README.md says how they were had.</summary>
public sealed class ProductTests
{
    private const int Cols = 256;

    public static TheoryData<string> Types => new(Rows.Types.Where(type => type != DType.F32).Select(type => type.Name));

    /// <summary>Activations are rounded alike, so only the order of adding differs.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Products_are_those_of_llama_cpp(string typeName)
    {
        var type = Rows.Type(typeName);
        byte[] blocks = Read($"{type}.blocks");
        var (matrix, keep) = Rows.Matrix(type, 8, Cols, blocks);
        float[] x = Floats("weights.f32")[(3 * Cols)..(5 * Cols)], theirs = Floats($"{type}.products"), ours = new float[2 * 8];

        matrix.Multiply(x, ours);

        for (int i = 0; i < ours.Length; i++)
        {
            float[] row = Rows.Widened(type, blocks)[(i % 8 * Cols)..((i % 8 * Cols) + Cols)];
            double magnitude = row.Zip(x.Skip(i / 8 * Cols), (a, b) => Math.Abs((double)a * b)).Sum();
            Numbers.AssertClose(theirs[i], ours[i], (float)(Numbers.SumBudget * magnitude), $"{type}, product {i}, magnitude {magnitude}");
        }
        GC.KeepAlive(keep);
    }

    private static float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Read(name)).ToArray();

    private static byte[] Read(string name) => File.ReadAllBytes(Repository.File("tests", "Orrery.Tensors.Tests", "Data", name));
}
