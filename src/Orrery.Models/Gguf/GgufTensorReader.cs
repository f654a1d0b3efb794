using System.Collections.Immutable;
using Orrery.Tensors;

namespace Orrery.Models.Gguf;

/// <summary>Reads the tensor table and checks that every tensor lies inside the file, aligned and by itself.</summary>
internal static class GgufTensorReader
{
    private const int MaxDimensions = 4;

    // A name of one character (8 + 1), the number of dimensions (4), one extent (8), a type (4) and an offset (8).
    private const int LeastEntryBytes = 33;

    /// <summary>The entries in file order. Their offsets still count from the start of the data.</summary>
    public static List<GgufTensor> Read(ref GgufCursor cursor, ulong count)
    {
        int tensors = cursor.Bounded(count, LeastEntryBytes, "the tensor table", "entries");
        var entries = new List<GgufTensor>(tensors);
        for (int i = 0; i < tensors; i++)
            entries.Add(ReadEntry(ref cursor, i));
        return entries;
    }

    private static GgufTensor ReadEntry(ref GgufCursor cursor, int index)
    {
        string name = cursor.Text($"the name of tensor {index}");
        if (name.Length == 0)
            throw cursor.Invalid($"the name of tensor {index}", "is empty");

        string subject = "tensor " + InvalidModelFileException.Quote(name);
        var shape = ReadShape(ref cursor, subject, out long weights);
        uint typeId = cursor.U32(subject);
        if (!DType.TryFromGguf(typeId, out var type))
            throw new InvalidModelFileException(cursor.File, subject, $"has type {typeId}, which is none that this version knows", WeightTypes.UseOneOf);
        if (shape[0] % type.BlockWeights != 0)
            throw cursor.Invalid(subject, $"has rows of {shape[0]} weights; {type} comes in blocks of {type.BlockWeights}");

        ulong offset = cursor.U64(subject);
        long blocks = weights / type.BlockWeights;
        if (offset > long.MaxValue / 2 || blocks > long.MaxValue / 2 / type.BlockBytes)
            throw cursor.Invalid(subject, $"claims {blocks} blocks of {type.BlockBytes} bytes at offset {offset}, more than any file holds");
        return new GgufTensor(name, type, shape, (long)offset, blocks * type.BlockBytes);
    }

    private static ImmutableArray<long> ReadShape(ref GgufCursor cursor, string subject, out long weights)
    {
        uint dimensions = cursor.U32(subject);
        if (dimensions is < 1 or > MaxDimensions)
            throw cursor.Invalid(subject, $"has {dimensions} dimensions; 1 to {MaxDimensions} are possible");

        var shape = ImmutableArray.CreateBuilder<long>((int)dimensions);
        weights = 1;
        for (int i = 0; i < dimensions; i++)
        {
            ulong extent = cursor.U64(subject);
            if (extent == 0 || extent > (ulong)(long.MaxValue / weights))
                throw cursor.Invalid(subject, $"has an impossible extent of {extent}");
            shape.Add((long)extent);
            weights *= (long)extent;
        }
        return shape.MoveToImmutable();
    }

    /// <summary>Moves the entries to where the data starts and checks that they are all there.</summary>
    public static Dictionary<string, GgufTensor> Place(GgufCursor cursor, List<GgufTensor> entries, long dataOffset, long alignment, long fileBytes)
    {
        var placed = new Dictionary<string, GgufTensor>(entries.Count, StringComparer.Ordinal);
        long end = dataOffset;
        string before = "the header";
        foreach (var entry in entries.OrderBy(entry => entry.Offset))
        {
            var tensor = entry with { Offset = dataOffset + entry.Offset };
            string subject = "tensor " + InvalidModelFileException.Quote(tensor.Name);
            if (entry.Offset % alignment != 0)
                throw cursor.Invalid(subject, $"starts at offset {entry.Offset}, no multiple of the alignment {alignment}");
            if (tensor.Offset > fileBytes - tensor.Bytes)
                throw cursor.Invalid(subject, $"needs bytes {tensor.Offset} to {tensor.Offset + tensor.Bytes}; the file ends at {fileBytes}");
            if (tensor.Offset < end)
                throw cursor.Invalid(subject, $"overlaps {before}, which ends at byte {end}");
            if (!placed.TryAdd(tensor.Name, tensor))
                throw cursor.Invalid(subject, "is there twice");
            end = tensor.Offset + tensor.Bytes;
            before = subject;
        }
        return placed;
    }
}
