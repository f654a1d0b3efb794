using System.Collections.Frozen;

namespace Orrery.Tensors;

/// <summary>
/// How weights are stored: blocks of <see cref="BlockWeights"/> weights in <see cref="BlockBytes"/> bytes, as in a GGUF file.
/// The table knows every type that GGUF has had, so that one without kernels here can still be named and measured.
/// </summary>
public sealed class DType
{
    public static readonly DType F32 = new("F32", 0, 1, 4) { HasKernels = true };
    public static readonly DType F16 = new("F16", 1, 1, 2) { HasKernels = true };
    public static readonly DType BF16 = new("BF16", 30, 1, 2) { HasKernels = true };
    public static readonly DType Q4 = new("Q4_0", 2, BlockQ4.Weights, BlockQ4.Bytes) { HasKernels = true };
    public static readonly DType Q8 = new("Q8_0", 8, BlockQ8.Weights, BlockQ8.Bytes) { HasKernels = true };

    /// <summary>Ids and block sizes after ggml's <c>ggml_type</c> and <c>ggml-common.h</c>. Ids that are absent were withdrawn there.</summary>
    public static IReadOnlyList<DType> All { get; } =
    [
        F32, F16,
        Q4, new("Q4_1", 3, 32, 20), new("Q5_0", 6, 32, 22), new("Q5_1", 7, 32, 24),
        Q8, new("Q8_1", 9, 32, 36),
        new("Q2_K", 10, 256, 84), new("Q3_K", 11, 256, 110), new("Q4_K", 12, 256, 144),
        new("Q5_K", 13, 256, 176), new("Q6_K", 14, 256, 210), new("Q8_K", 15, 256, 292),
        new("IQ2_XXS", 16, 256, 66), new("IQ2_XS", 17, 256, 74), new("IQ3_XXS", 18, 256, 98), new("IQ1_S", 19, 256, 50),
        new("IQ4_NL", 20, 32, 18), new("IQ3_S", 21, 256, 110), new("IQ2_S", 22, 256, 82), new("IQ4_XS", 23, 256, 136),
        new("I8", 24, 1, 1), new("I16", 25, 1, 2), new("I32", 26, 1, 4), new("I64", 27, 1, 8), new("F64", 28, 1, 8),
        new("IQ1_M", 29, 256, 56), BF16, new("TQ1_0", 34, 256, 54), new("TQ2_0", 35, 256, 66),
        new("MXFP4", 39, 32, 17), new("NVFP4", 40, 64, 36), new("Q1_0", 41, 128, 18),
    ];

    private static readonly FrozenDictionary<uint, DType> ByGgufId = All.ToFrozenDictionary(type => type.GgufId);

    private DType(string name, uint ggufId, int blockWeights, int blockBytes)
    {
        Name = name;
        GgufId = ggufId;
        BlockWeights = blockWeights;
        BlockBytes = blockBytes;
    }

    /// <summary>As people and file names write it: <c>Q8_0</c>.</summary>
    public string Name { get; }

    /// <summary>The number that stands for it in a GGUF file.</summary>
    public uint GgufId { get; }

    public int BlockWeights { get; }

    public int BlockBytes { get; }

    /// <summary>Whether <see cref="Matrix"/> can multiply by weights of this type.</summary>
    public bool HasKernels { get; private init; }

    public static bool TryFromGguf(uint id, out DType type)
    {
        bool known = ByGgufId.TryGetValue(id, out var found);
        type = found ?? F32;
        return known;
    }

    public override string ToString() => Name;
}
