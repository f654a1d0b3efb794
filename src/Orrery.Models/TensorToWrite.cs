using System.Collections.Immutable;
using Orrery.Tensors;

namespace Orrery.Models;

/// <summary>A tensor on its way into a file.</summary>
/// <param name="Shape">Slowest first. The last extent is whole blocks of the type.</param>
/// <param name="WriteTo">Writes <see cref="Bytes"/> bytes.</param>
public sealed record TensorToWrite(string Name, DType Type, ImmutableArray<long> Shape, Action<Stream> WriteTo)
{
    public long Bytes => Shape.Aggregate(1L, (product, extent) => checked(product * extent)) / Type.BlockWeights * Type.BlockBytes;

    /// <summary>Writes it and checks that it was as long as it had to be.</summary>
    internal void Write(Stream stream)
    {
        long before = stream.Position;
        WriteTo(stream);
        if (stream.Position - before != Bytes)
            throw new ArgumentException($"Tensor '{Name}' has {Bytes} bytes; {stream.Position - before} were written.");
    }

    internal void Check()
    {
        if (Name.Length == 0 || Shape.IsDefaultOrEmpty || Shape.Any(extent => extent < 1) || Shape[^1] % Type.BlockWeights != 0)
            throw new ArgumentException($"Tensor '{Name}' cannot be written: {Type} of shape [{string.Join(", ", Shape)}].");
    }
}
