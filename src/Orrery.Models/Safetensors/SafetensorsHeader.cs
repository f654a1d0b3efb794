using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Orrery.Models.Json;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>
/// The header of a safetensors file.
/// <code>
///   u64 length | JSON: {"__metadata__": {...}, "name": {"dtype": "F32", "shape": [512, 64], "data_offsets": [0, 131072]}, ...} | data
/// </code>
/// As the format asks, tensors cover the data from its start to its end without gap or overlap.
/// </summary>
/// <param name="Notes">The texts under <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Notes)
{
    public const string NotesName = "__metadata__";

    /// <summary>The bound of the format's own library.</summary>
    private const int MaxHeaderBytes = 100_000_000;
    private const int MaxDimensions = 8;

    // Bytes of one value.
    private static readonly Dictionary<string, int> TypeBytes = new(StringComparer.Ordinal)
    {
        ["F64"] = 8, ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2, ["F8_E4M3"] = 1, ["F8_E5M2"] = 1, ["F8_E8M0"] = 1,
        ["I64"] = 8, ["I32"] = 4, ["I16"] = 2, ["I8"] = 1, ["U64"] = 8, ["U32"] = 4, ["U16"] = 2, ["U8"] = 1, ["BOOL"] = 1,
    };

    /// <param name="bytes">The file, or as much of its start as holds the header.</param>
    /// <param name="fileBytes">Length of the whole file.</param>
    /// <exception cref="InvalidModelFileException">Anything at all is wrong.</exception>
    public static SafetensorsHeader Read(ReadOnlySpan<byte> bytes, long fileBytes, string file)
    {
        InvalidModelFileException Invalid(string problem) => new(file, "the header", problem, InvalidModelFileException.GetItAgain);

        if (bytes.Length < 8)
            throw Invalid($"needs 8 bytes for its length; the file has {bytes.Length}");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > MaxHeaderBytes || length > (ulong)(bytes.Length - 8))
            throw Invalid($"claims {length} bytes of the {fileBytes} in the file; at most {MaxHeaderBytes} are possible");

        var json = Parse(file, bytes.Slice(8, (int)length).ToArray());
        long dataOffset = 8 + (long)length;
        var tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, entry) in json.Members())
        {
            if (name == NotesName)
                AddNotes(notes, entry);
            else if (!tensors.TryAdd(name, ReadEntry(name, entry, dataOffset, fileBytes - dataOffset)))
                throw new InvalidModelFileException(file, "tensor " + InvalidModelFileException.Quote(name), "is there twice", InvalidModelFileException.GetItAgain);
        }
        CheckCover(file, tensors.Values, dataOffset, fileBytes);
        return new SafetensorsHeader(tensors, notes);
    }

    /// <summary>Notes of whoever wrote the file: what is no text is nothing that is looked for.</summary>
    private static void AddNotes(Dictionary<string, string> notes, JsonPart entry)
    {
        if (entry.Kind != JsonValueKind.Object)
            return;
        foreach (var (name, value) in entry.Members())
        {
            if (value.Kind == JsonValueKind.String)
                notes[name] = value.Text();
        }
    }

    private static JsonPart Parse(string file, byte[] utf8)
    {
        if (utf8.Length == 0 || utf8[0] != (byte)'{')
            throw new InvalidModelFileException(file, "the header", "does not begin with '{'", "Only safetensors files can be read under this name.");
        return JsonFile.Parse(file, utf8);
    }

    private static SafetensorsTensor ReadEntry(string name, JsonPart entry, long dataOffset, long dataBytes)
    {
        if (entry.Kind != JsonValueKind.Object)
            throw entry.Invalid($"is {entry.KindText}; an object is needed", InvalidModelFileException.GetItAgain);
        string typeName = entry.Get("dtype").Text();
        if (!TypeBytes.TryGetValue(typeName, out int typeBytes))
            throw entry.Invalid($"has dtype {InvalidModelFileException.Quote(typeName)}, which is none that this version knows", "Convert the model with a current tool.");

        var shape = entry.Get("shape");
        if (shape.Count() > MaxDimensions)
            throw shape.Invalid($"has {shape.Count()} dimensions; at most {MaxDimensions} are possible", InvalidModelFileException.GetItAgain);
        var extents = shape.Items().Select(extent => extent.WholeNumber(0, long.MaxValue)).ToImmutableArray();
        var offsets = entry.Get("data_offsets").Items().Take(3).Select(offset => offset.WholeNumber(0, long.MaxValue)).ToList();
        if (offsets.Count != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes)
            throw entry.Invalid($"lies at bytes {string.Join(" to ", offsets)} of data that has {dataBytes}", InvalidModelFileException.GetItAgain);

        long bytes = offsets[1] - offsets[0];
        if (SizeOf(extents, typeBytes) != bytes)
            throw entry.Invalid($"has {bytes} bytes; {typeName} of shape [{string.Join(", ", extents)}] has another size", InvalidModelFileException.GetItAgain);
        var type = DType.All.FirstOrDefault(type => type.Name == typeName);
        return new SafetensorsTensor(name, typeName, type, extents, dataOffset + offsets[0], bytes);
    }

    /// <summary>-1 where it is more than any file holds.</summary>
    private static long SizeOf(ImmutableArray<long> extents, int typeBytes)
    {
        if (extents.Contains(0))
            return 0;
        long size = typeBytes;
        foreach (long extent in extents)
        {
            if (extent > long.MaxValue / size)
                return -1;
            size *= extent;
        }
        return size;
    }

    private static void CheckCover(string file, IEnumerable<SafetensorsTensor> tensors, long dataOffset, long fileBytes)
    {
        long end = dataOffset;
        string before = "the header";
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Bytes))
        {
            string subject = "tensor " + InvalidModelFileException.Quote(tensor.Name);
            if (tensor.Offset != end)
            {
                string problem = tensor.Offset < end ? $"overlaps {before}, which ends at byte {end}" : $"begins at byte {tensor.Offset}; {before} ends at {end}";
                throw new InvalidModelFileException(file, subject, problem, InvalidModelFileException.GetItAgain);
            }
            end += tensor.Bytes;
            before = subject;
        }
        if (end != fileBytes)
            throw new InvalidModelFileException(file, "the file", $"has {fileBytes} bytes; its tensors end at {end}", InvalidModelFileException.GetItAgain);
    }
}
