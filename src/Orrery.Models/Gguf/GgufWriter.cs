using System.Text;

namespace Orrery.Models.Gguf;

/// <summary>Writes GGUF files: version 3, little-endian, tensors aligned to 32 bytes.</summary>
public static class GgufWriter
{
    private const uint Version = 3;
    private const int Alignment = 32, MaxDimensions = 4;

    /// <summary>Where another alignment would be given; these files have the one that is meant without it.</summary>
    internal const string AlignmentKey = "general.alignment";

    /// <summary>The file appears whole under its name, or not at all.</summary>
    /// <param name="metadata">In this order. Values are the .NET types of GGUF's, strings, and arrays of either.</param>
    /// <param name="tensors">In this order, each streamed.</param>
    /// <exception cref="IOException">There is no such folder, no permission or no room.</exception>
    /// <exception cref="ArgumentException">A value or tensor that GGUF has no form for, or two of one name.</exception>
    public static void Write(string path, IReadOnlyCollection<KeyValuePair<string, object>> metadata, IReadOnlyCollection<TensorToWrite> tensors)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(tensors);
        byte[] header = Header(metadata, tensors);
        long bytes = Align(header.Length) + tensors.Sum(tensor => Align(tensor.Bytes));

        using var file = StagedFile.Write(path, bytes, stream =>
        {
            stream.Write(header);
            Pad(stream);
            foreach (var tensor in tensors)
            {
                tensor.Write(stream);
                Pad(stream);
            }
        });
        file.Commit();
    }

    private static byte[] Header(IReadOnlyCollection<KeyValuePair<string, object>> metadata, IReadOnlyCollection<TensorToWrite> tensors)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        var names = new HashSet<string>(StringComparer.Ordinal);

        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            if (key.Length == 0 || key == AlignmentKey || !names.Add(key))
                throw new ArgumentException($"Key '{key}' is empty, there twice, or not to be chosen.", nameof(metadata));
            GgufValueWriter.WriteText(writer, key);
            GgufValueWriter.Write(writer, key, value);
        }

        names.Clear();
        long offset = 0;
        foreach (var tensor in tensors)
        {
            tensor.Check();
            if (tensor.Shape.Length > MaxDimensions || !names.Add(tensor.Name))
                throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.Shape.Length} dimensions, of which 4 are possible, or is there twice.", nameof(tensors));
            GgufValueWriter.WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            foreach (long extent in tensor.Shape.Reverse())
                writer.Write((ulong)extent);
            writer.Write(tensor.Type.GgufId);
            writer.Write((ulong)offset);
            offset += Align(tensor.Bytes);
        }
        writer.Flush();
        return buffer.ToArray();
    }

    private static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(Align(stream.Position) - stream.Position)]);
    }
}
