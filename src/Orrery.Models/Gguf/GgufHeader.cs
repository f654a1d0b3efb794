namespace Orrery.Models.Gguf;

/// <summary>Everything in a GGUF file but the weights.</summary>
/// <param name="Version">2 or 3; they are laid out alike.</param>
/// <param name="DataOffset">Where tensor data starts, in bytes from the start of the file.</param>
public sealed record GgufHeader(int Version, GgufMetadata Metadata, IReadOnlyDictionary<string, GgufTensor> Tensors, long DataOffset)
{
    /// <summary>
    /// Reads and checks a header. Time and memory are bounded by the bytes given: every count and length is compared with
    /// what is left before anything is allocated for it.
    /// </summary>
    /// <param name="bytes">The file, or as much of its start as holds the header.</param>
    /// <param name="fileBytes">Length of the whole file, inside which every tensor must lie.</param>
    /// <param name="file">Names the file in errors.</param>
    /// <exception cref="InvalidModelFileException">Anything at all is wrong.</exception>
    public static GgufHeader Read(ReadOnlySpan<byte> bytes, long fileBytes, string file)
    {
        var cursor = new GgufCursor(bytes, file);

        // :: Fixed part
        int version = ReadVersion(ref cursor);
        ulong tensorCount = cursor.U64("the tensor count");
        ulong metadataCount = cursor.U64("the metadata count");

        // :: Metadata
        var values = GgufMetadataReader.Read(ref cursor, metadataCount);
        var metadata = new GgufMetadata(file, values);

        // :: Tensor table; offsets count from the next multiple of the alignment
        var entries = GgufTensorReader.Read(ref cursor, tensorCount);
        long alignment = metadata.WholeNumber("general.alignment", 1, 1 << 20) ?? 32;
        if (!System.Numerics.BitOperations.IsPow2(alignment))
            throw cursor.Invalid("key 'general.alignment'", $"is {alignment}, which is no power of two");
        long dataOffset = (cursor.Position + alignment - 1) / alignment * alignment;
        return new GgufHeader(version, metadata, GgufTensorReader.Place(cursor, entries, dataOffset, alignment, fileBytes), dataOffset);
    }

    private static int ReadVersion(ref GgufCursor cursor)
    {
        if (!cursor.Take(4, "the magic number").SequenceEqual("GGUF"u8))
            throw new InvalidModelFileException(cursor.File, "the first four bytes", "are not 'GGUF'", "Only GGUF model files can be read: convert the model to GGUF.");

        uint version = cursor.U32("the version");
        if (version is 2 or 3)
            return (int)version;
        if (System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version) is 1 or 2 or 3)
            throw new InvalidModelFileException(cursor.File, "the header", "is big-endian", "Convert the model to little-endian GGUF.");
        throw new InvalidModelFileException(cursor.File, "the header", $"says GGUF version {version}; 2 and 3 can be read", "Convert the model with a current tool.");
    }
}
