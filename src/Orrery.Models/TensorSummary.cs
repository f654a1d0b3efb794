using System.Collections.Immutable;
using Orrery.Tensors;

namespace Orrery.Models;

/// <summary>What a model's header says about one tensor.</summary>
/// <param name="TypeName">As the file has it: <c>Q8_0</c>, <c>F8_E4M3</c>.</param>
/// <param name="Type">Of the matrix that the source gives for it; null where it gives none.</param>
/// <param name="Shape">Slowest first: [cols], [rows, cols] or [experts, rows, cols].</param>
/// <param name="OwnedBytes">
/// Memory that the source allocates when the matrix is first asked for, and frees when it is disposed of. 0 where the weights stay mapped.
/// </param>
public sealed record TensorSummary(string Name, string TypeName, DType? Type, ImmutableArray<long> Shape, long OwnedBytes)
{
    public long Weights => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Weights that stay in the mapped file.</summary>
    public long MappedBytes => Type is { } type && OwnedBytes == 0 ? BytesAs(type) : 0;

    /// <summary>Of all rows of this shape in another type. The last extent must be whole blocks of it.</summary>
    internal long BytesAs(DType type) => Weights / type.BlockWeights * type.BlockBytes;
}
