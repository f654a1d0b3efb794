using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Orrery.Tensors.Blocks;

namespace Orrery.Tensors;

/// <summary>
/// How weights are stored: blocks of <see cref="BlockWeights"/> weights in <see cref="BlockBytes"/> bytes, as in a GGUF file.
/// The table knows every type that GGUF has had, so that one without kernels here can still be named and measured.
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The names are those of ggml.")]
public sealed class DType
{
    public static readonly DType F32 = Of<F32, float, F32.Activation>("F32", 0, 1, 4);
    public static readonly DType F16 = Of<F16, Half, F16.Activation>("F16", 1, 1, 2);
    public static readonly DType BF16 = Of<BF16, ushort, BF16.Activation>("BF16", 30, 1, 2);
    public static readonly DType Q4_0 = Of32By4<Q4_0>("Q4_0", 2, 18);
    public static readonly DType Q4_1 = Of32By4<Q4_1>("Q4_1", 3, 20);
    public static readonly DType Q5_0 = Of32<Q5_0>("Q5_0", 6, 22);
    public static readonly DType Q5_1 = Of32<Q5_1>("Q5_1", 7, 24);
    public static readonly DType Q8_0 = Of32By4<Q8_0>("Q8_0", 8, 34);
    public static readonly DType Q2_K = Of256By4<Q2_K>("Q2_K", 10, 84);
    public static readonly DType Q3_K = Of256By4<Q3_K>("Q3_K", 11, 110);
    public static readonly DType Q4_K = Of256By4<Q4_K>("Q4_K", 12, 144);
    public static readonly DType Q5_K = Of256By4<Q5_K>("Q5_K", 13, 176);
    public static readonly DType Q6_K = Of256By4<Q6_K>("Q6_K", 14, 210);
    public static readonly DType IQ4_NL = Of32<IQ4_NL>("IQ4_NL", 20, 18);
    public static readonly DType IQ4_XS = Of256<IQ4_XS>("IQ4_XS", 23, 136);
    public static readonly DType MXFP4 = Of32<MXFP4>("MXFP4", 39, 17);

    /// <summary>Ids and block sizes after ggml's <c>ggml_type</c> and <c>ggml-common.h</c>. Ids that are absent were withdrawn there.</summary>
    public static IReadOnlyList<DType> All { get; } =
    [
        F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, new("Q8_1", 9, 32, 36),
        Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, new("Q8_K", 15, 256, 292),
        new("IQ2_XXS", 16, 256, 66), new("IQ2_XS", 17, 256, 74), new("IQ3_XXS", 18, 256, 98), new("IQ1_S", 19, 256, 50),
        IQ4_NL, new("IQ3_S", 21, 256, 110), new("IQ2_S", 22, 256, 82), IQ4_XS,
        new("I8", 24, 1, 1), new("I16", 25, 1, 2), new("I32", 26, 1, 4), new("I64", 27, 1, 8), new("F64", 28, 1, 8),
        new("IQ1_M", 29, 256, 56), BF16, new("TQ1_0", 34, 256, 54), new("TQ2_0", 35, 256, 66),
        MXFP4, new("NVFP4", 40, 64, 36), new("Q1_0", 41, 128, 18), new("Q2_0", 42, 64, 18),
    ];

    private static readonly FrozenDictionary<uint, DType> ByGgufId = All.ToFrozenDictionary(type => type.GgufId);

    private DType(string name, uint ggufId, int blockWeights, int blockBytes, Kernel? kernel = null)
    {
        Name = name;
        GgufId = ggufId;
        BlockWeights = blockWeights;
        BlockBytes = blockBytes;
        Kernel = kernel;
    }

    /// <summary>As people and file names write it: <c>Q8_0</c>.</summary>
    public string Name { get; }

    /// <summary>The number that stands for it in a GGUF file.</summary>
    public uint GgufId { get; }

    public int BlockWeights { get; }

    public int BlockBytes { get; }

    /// <summary>Whether <see cref="Matrix"/> can multiply by weights of this type and <see cref="Quantizer"/> can make them.</summary>
    public bool HasKernels => Kernel is not null;

    internal Kernel? Kernel { get; }

    public static bool TryFromGguf(uint id, out DType type)
    {
        bool known = ByGgufId.TryGetValue(id, out var found);
        type = found ?? F32;
        return known;
    }

    public override string ToString() => Name;

    private static DType Of<TFormat, TBlock, TActivation>(string name, uint ggufId, int blockWeights, int blockBytes)
        where TFormat : struct, IFormat<TBlock, TActivation>
        where TBlock : unmanaged
        where TActivation : unmanaged, IActivation<TActivation>
        => new(name, ggufId, blockWeights, blockBytes, new FormatKernel<TFormat, TBlock, TActivation>(blockWeights));

    private static DType Of32<TBlock>(string name, uint ggufId, int blockBytes)
        where TBlock : unmanaged, IBlock32<TBlock>
        => Of<Format32<TBlock>, TBlock, ActivationQ8>(name, ggufId, 32, blockBytes);

    private static DType Of32By4<TBlock>(string name, uint ggufId, int blockBytes)
        where TBlock : unmanaged, IBlocks4<TBlock>
        => Of<Format32By4<TBlock>, TBlock, ActivationQ8>(name, ggufId, 32, blockBytes);

    private static DType Of256<TBlock>(string name, uint ggufId, int blockBytes)
        where TBlock : unmanaged, IBlock256<TBlock>
        => Of<Format256<TBlock>, TBlock, ActivationQ8K>(name, ggufId, 256, blockBytes);

    private static DType Of256By4<TBlock>(string name, uint ggufId, int blockBytes)
        where TBlock : unmanaged, ICodes256<TBlock>
        => Of<Format256By4<TBlock>, TBlock, ActivationQ8K>(name, ggufId, 256, blockBytes);
}
