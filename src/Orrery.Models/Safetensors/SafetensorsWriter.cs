using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>Writes weights as <c>model.safetensors</c>, or as shards with an index.</summary>
public static class SafetensorsWriter
{
    private static readonly DType[] Types = [DType.F32, DType.F16, DType.BF16];

    /// <summary>All files appear, each whole and the index last, or none does.</summary>
    /// <param name="folder">Exists and holds no model yet.</param>
    /// <param name="tensors">F32, F16 or BF16; in this order, each streamed.</param>
    /// <param name="maxShardBytes">Of tensors in one file. A larger tensor has a file of its own.</param>
    /// <exception cref="IOException">There is a model already, no such folder, no permission or no room.</exception>
    /// <exception cref="ArgumentException">A tensor that safetensors has no form for, or two of one name.</exception>
    public static void Write(string folder, IReadOnlyCollection<TensorToWrite> tensors, long maxShardBytes = 5_000_000_000)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        Check(tensors);
        if (SafetensorsModel.IsIn(folder))
            throw new IOException($"{folder}: the folder holds a model already. Choose an empty one.");

        var shards = Split(tensors, maxShardBytes);
        if (Enumerable.Range(0, shards.Count).Select(shard => Path.Combine(folder, NameOf(shard, shards.Count))).FirstOrDefault(Path.Exists) is { } taken)
            throw new IOException($"{taken}: there is such a file already. Choose an empty folder.");
        var staged = new List<StagedFile>();
        try
        {
            for (int shard = 0; shard < shards.Count; shard++)
                staged.Add(Stage(Path.Combine(folder, NameOf(shard, shards.Count)), shards[shard]));
            if (shards.Count > 1)
                staged.Add(StageIndex(folder, shards));
            foreach (var file in staged)
                file.Commit();
        }
        catch
        {
            foreach (var file in staged)
                file.TakeBack();
            throw;
        }
        finally
        {
            foreach (var file in staged)
                file.Dispose();
        }
    }

    /// <summary>In the order given; a shard is as full as it can be. At least one.</summary>
    internal static List<List<TensorToWrite>> Split(IEnumerable<TensorToWrite> tensors, long maxShardBytes)
    {
        List<List<TensorToWrite>> shards = [[]];
        long bytes = 0;
        foreach (var tensor in tensors)
        {
            if (bytes > 0 && bytes + tensor.Bytes > maxShardBytes)
            {
                shards.Add([]);
                bytes = 0;
            }
            shards[^1].Add(tensor);
            bytes += tensor.Bytes;
        }
        return shards;
    }

    private static string NameOf(int shard, int count)
        => count == 1 ? SafetensorsModel.SingleName : string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:00000}-of-{count:00000}{SafetensorsModel.Extension}");

    private static void Check(IEnumerable<TensorToWrite> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            tensor.Check();
            if (!Types.Contains(tensor.Type) || tensor.Name == SafetensorsHeader.NotesName || !names.Add(tensor.Name))
                throw new ArgumentException($"Tensor '{tensor.Name}' of type {tensor.Type} cannot be written: {string.Join(", ", Types.AsEnumerable())} are possible, once a name.", nameof(tensors));
        }
    }

    private static StagedFile Stage(string path, List<TensorToWrite> tensors)
    {
        byte[] header = Header(tensors);
        return StagedFile.Write(path, header.Length + tensors.Sum(tensor => tensor.Bytes), stream =>
        {
            stream.Write(header);
            foreach (var tensor in tensors)
                tensor.Write(stream);
        });
    }

    private static byte[] Header(List<TensorToWrite> tensors)
    {
        const int LengthBytes = 8;
        using var buffer = new MemoryStream();
        buffer.Write(new byte[LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.NotesName);
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.Name);
                WriteNumbers(json, "shape", tensor.Shape.AsSpan());
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Bytes]);
                json.WriteEndObject();
                offset += tensor.Bytes;
            }
            json.WriteEndObject();
        }

        // Spaces behind the JSON, so that the data is aligned.
        while (buffer.Length % LengthBytes != 0)
            buffer.WriteByte((byte)' ');
        byte[] header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - LengthBytes);
        return header;
    }

    private static StagedFile StageIndex(string folder, List<List<TensorToWrite>> shards)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(tensor => tensor.Bytes)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            for (int shard = 0; shard < shards.Count; shard++)
            {
                foreach (var tensor in shards[shard])
                    json.WriteString(tensor.Name, NameOf(shard, shards.Count));
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return StagedFile.Write(Path.Combine(folder, SafetensorsModel.IndexName), buffer.Length, stream => stream.Write(buffer.ToArray()));
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
