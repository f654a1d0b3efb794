using System.Collections.Immutable;
using Orrery.Tensors;

namespace Orrery.Models.Gguf;

/// <summary>One entry of the tensor table, checked to lie inside the file.</summary>
/// <param name="Shape">1 to 4 extents, as in the file: the fastest first, so a matrix is [cols, rows].</param>
/// <param name="Offset">Of the first byte, from the start of its file.</param>
/// <param name="Bytes">From type and shape.</param>
public sealed record GgufTensor(string Name, DType Type, ImmutableArray<long> Shape, long Offset, long Bytes)
{
    /// <summary>Which of the files of a split model holds it, from 0.</summary>
    public int Part { get; init; }

    /// <summary>Number of weights.</summary>
    public long Weights => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>[rows, cols], [experts, rows, cols].</summary>
    public ImmutableArray<long> SlowestFirst => [.. Shape.Reverse()];

    /// <summary>Extents as they are written in errors: <c>[64, 512]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
