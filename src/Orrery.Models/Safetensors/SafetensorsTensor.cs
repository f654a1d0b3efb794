using System.Collections.Immutable;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>One entry of a safetensors header, checked to lie inside the file.</summary>
/// <param name="TypeName">As the file has it: <c>BF16</c>.</param>
/// <param name="Type">Null for types that <see cref="DType"/> does not know.</param>
/// <param name="Shape">As in the file, the slowest first, so a matrix is [rows, cols]. May be empty: one value.</param>
/// <param name="Offset">Of the first byte, from the start of its file.</param>
internal sealed record SafetensorsTensor(string Name, string TypeName, DType? Type, ImmutableArray<long> Shape, long Offset, long Bytes)
{
    /// <summary>Which of the model's files holds it.</summary>
    public int Shard { get; init; }

    public long Weights => Shape.Aggregate(1L, (product, extent) => product * extent);

    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
