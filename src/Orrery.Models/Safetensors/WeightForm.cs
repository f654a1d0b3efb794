using System.Collections.Immutable;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>How a tensor that a reader asks for is stored. Readers see the name and shape of the weights, whatever the files make of them.</summary>
/// <param name="Shape">Of the weights, slowest first.</param>
/// <param name="TypeName">That the weights have in the file.</param>
internal abstract record WeightForm(string Name, ImmutableArray<long> Shape, string TypeName)
{
    /// <summary>The tensor at fault in errors.</summary>
    public abstract SafetensorsTensor Stored { get; }

    /// <summary>Of the matrix made of it; null where none can be.</summary>
    public abstract DType? Type { get; }

    public bool IsMapped => this is Plain;

    public TensorSummary Summary
    {
        get
        {
            var summary = new TensorSummary(Name, TypeName, Type is { HasKernels: true } type ? type : null, Shape, OwnedBytes: 0);
            return summary.Type is { } made && !IsMapped ? summary with { OwnedBytes = summary.BytesAs(made) } : summary;
        }
    }

    /// <summary>As it is used.</summary>
    public sealed record Plain(SafetensorsTensor Tensor) : WeightForm(Tensor.Name, Tensor.Shape, Tensor.TypeName)
    {
        public override SafetensorsTensor Stored => Tensor;

        public override DType? Type => Tensor.Type;
    }

    /// <summary>[experts, cols, rows] in the file, [experts, rows, cols] to the reader.</summary>
    public sealed record Transposed(SafetensorsTensor Tensor)
        : WeightForm(Tensor.Name, [.. Tensor.Shape[..^2], Tensor.Shape[^1], Tensor.Shape[^2]], Tensor.TypeName)
    {
        public override SafetensorsTensor Stored => Tensor;

        public override DType? Type => Tensor.Type;
    }

    /// <summary>Floats of 8 bits, times a scale where there is one. Becomes BF16.</summary>
    public sealed record Float8(SafetensorsTensor Tensor, SafetensorsTensor? Scales, ScaleGrid? Grid) : WeightForm(Tensor.Name, Tensor.Shape, Tensor.TypeName)
    {
        public override SafetensorsTensor Stored => Tensor;

        public override DType? Type => DType.BF16;
    }

    /// <summary>
    /// Floats of 4 bits in blocks of 32: the nibbles [..., rows, cols / 32, 16], byte i with weight 2i in its low half and 2i + 1 in its
    /// high one, and the scales' exponents [..., rows, cols / 32].
    /// </summary>
    public sealed record Mxfp4(string Name, SafetensorsTensor Blocks, SafetensorsTensor Scales)
        : WeightForm(Name, [.. Blocks.Shape[..^2], Blocks.Shape[^2] * BlockWeights], DType.MXFP4.Name)
    {
        public const int BlockWeights = 32;

        public override SafetensorsTensor Stored => Blocks;

        public override DType? Type => DType.MXFP4;
    }

    /// <summary>In a form that is known and cannot be computed with.</summary>
    public sealed record Refused(string Name, SafetensorsTensor Tensor, string Method, string Problem, string NextStep) : WeightForm(Name, Tensor.Shape, Method)
    {
        public override SafetensorsTensor Stored => Tensor;

        public override DType? Type => null;
    }
}
