using System.Text;

namespace Orrery.Models.Tests.Gguf;

/// <summary>Writes GGUF files, sound ones and (through its raw parts) broken ones.</summary>
internal sealed class GgufBuilder
{
    private readonly List<byte[]> _pairs = [];
    private readonly List<byte[]> _entries = [];
    private long _dataBytes;

    public uint Version { get; init; } = 3;
    public byte[] Magic { get; init; } = "GGUF"u8.ToArray();
    public ulong? TensorCount { get; init; }
    public ulong? MetadataCount { get; init; }

    /// <param name="value">The bytes after the type.</param>
    public GgufBuilder Pair(string key, uint type, params byte[][] value) => RawPair(Text(key), type, value);

    public GgufBuilder RawPair(byte[] key, uint type, params byte[][] value)
    {
        _pairs.Add([.. key, .. U32(type), .. value.SelectMany(part => part)]);
        return this;
    }

    public GgufBuilder String(string key, string value) => Pair(key, 8, Text(value));

    public GgufBuilder Number(string key, uint value) => Pair(key, 4, U32(value));

    public GgufBuilder Strings(string key, params string[] values) => Pair(key, 9, U32(8), U64((ulong)values.Length), [.. values.SelectMany(Text)]);

    public GgufBuilder Floats(string key, params float[] values) => Pair(key, 9, U32(6), U64((ulong)values.Length), [.. values.SelectMany(BitConverter.GetBytes)]);

    public GgufBuilder Ints(string key, params int[] values) => Pair(key, 9, U32(5), U64((ulong)values.Length), [.. values.SelectMany(BitConverter.GetBytes)]);

    /// <param name="bytes">Room made for it; the file's end is behind the last.</param>
    public GgufBuilder Tensor(string name, ulong[] shape, uint type, long bytes, ulong? offset = null)
    {
        _entries.Add([.. Text(name), .. U32((uint)shape.Length), .. shape.SelectMany(U64), .. U32(type), .. U64(offset ?? (ulong)_dataBytes)]);
        _dataBytes = (_dataBytes + bytes + 31) / 32 * 32;
        return this;
    }

    public byte[] Header() =>
    [
        .. Magic, .. U32(Version), .. U64(TensorCount ?? (ulong)_entries.Count), .. U64(MetadataCount ?? (ulong)_pairs.Count),
        .. _pairs.SelectMany(pair => pair), .. _entries.SelectMany(entry => entry),
    ];

    public byte[] File()
    {
        byte[] header = Header();
        Array.Resize(ref header, (header.Length + 31) / 32 * 32 + (int)_dataBytes);
        return header;
    }

    public static byte[] U32(uint value) => BitConverter.GetBytes(value);

    public static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    public static byte[] Text(string value) => [.. U64((ulong)Encoding.UTF8.GetByteCount(value)), .. Encoding.UTF8.GetBytes(value)];
}
