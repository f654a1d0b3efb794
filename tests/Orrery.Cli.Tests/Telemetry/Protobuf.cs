using System.Buffers.Binary;
using System.Text;

namespace Orrery.Cli.Tests.Telemetry;

/// <summary>A protobuf message without its schema: enough to look into what was sent, by field numbers.</summary>
internal sealed class Protobuf
{
    private readonly List<(int Field, object Value)> _fields = [];

    public static Protobuf Read(ReadOnlySpan<byte> bytes)
    {
        var message = new Protobuf();
        while (!bytes.IsEmpty)
        {
            ulong tag = Varint(ref bytes);
            object value = (tag & 7) switch
            {
                0 => Varint(ref bytes),
                1 => BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8)),
                2 => Take(ref bytes, (int)Varint(ref bytes)).ToArray(),
                5 => (ulong)BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4)),
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            message._fields.Add(((int)(tag >> 3), value));
        }
        return message;
    }

    /// <summary>The messages at the end of a path of fields.</summary>
    public IEnumerable<Protobuf> At(params int[] path)
        => path is [var first, .. var rest] ? _fields.Where(f => f.Field == first).SelectMany(f => Read((byte[])f.Value).At(rest)) : [this];

    public byte[] Bytes(int field) => (byte[]?)_fields.LastOrDefault(f => f.Field == field).Value ?? [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public ulong Number(int field) => (ulong?)_fields.LastOrDefault(f => f.Field == field).Value ?? 0;

    /// <summary>Text and whole numbers of OTLP's KeyValue messages in a field.</summary>
    public Dictionary<string, string> Attributes(int field) => At(field).ToDictionary(
        pair => pair.Text(1), pair => pair.At(2).Select(v => v.Text(1) is { Length: > 0 } text ? text : $"{v.Number(3)}").Single());

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
