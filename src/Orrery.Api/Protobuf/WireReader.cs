using Orrery.Resources;

namespace Orrery.Api.Protobuf;

/// <summary>Reads protobuf's wire format field by field. Every length is checked against what is there; nothing is copied.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxVarintBytes = 10;

    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool AtEnd => _left.IsEmpty;

    /// <summary>The next field. What wire type it has says which of the values is set.</summary>
    /// <exception cref="InvalidDocumentException">It is cut off, or no field.</exception>
    public WireField Next()
    {
        ulong tag = Varint();
        ulong number = tag >> 3;
        if (number is 0 or > 536_870_911)
            throw new InvalidDocumentException("the body is not valid protobuf: a field has no number");
        return (tag & 7) switch
        {
            0 => new WireField((int)number, WireType.Varint, Varint(), default),
            1 => new WireField((int)number, WireType.Fixed, 0, Take(8)),
            2 => new WireField((int)number, WireType.Bytes, 0, Take(Varint())),
            5 => new WireField((int)number, WireType.Fixed, 0, Take(4)),
            var type => throw new InvalidDocumentException($"the body is not valid protobuf: field {number} has wire type {type}"),
        };
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < _left.Length && i < MaxVarintBytes; i++)
        {
            value |= (ulong)(_left[i] & 0x7f) << (7 * i);
            if (_left[i] < 0x80)
            {
                _left = _left[(i + 1)..];
                return value;
            }
        }
        throw new InvalidDocumentException("the body is not valid protobuf: a number is cut off or too long");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_left.Length)
            throw new InvalidDocumentException($"the body is not valid protobuf: a field of {length} bytes where {_left.Length} are left");
        var taken = _left[..(int)length];
        _left = _left[(int)length..];
        return taken;
    }
}

internal enum WireType
{
    Varint,
    Fixed,
    Bytes,
}

internal readonly ref struct WireField(int number, WireType type, ulong value, ReadOnlySpan<byte> bytes)
{
    public int Number { get; } = number;

    public WireType Type { get; } = type;

    /// <summary>Of a varint.</summary>
    public ulong Value { get; } = value;

    /// <summary>Of everything else.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
