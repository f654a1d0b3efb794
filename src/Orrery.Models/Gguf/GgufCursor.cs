using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Orrery.Models.Gguf;

/// <summary>Walks through the bytes of a header. Never reads beyond them: running out is an error that names what was being read.</summary>
internal ref struct GgufCursor(ReadOnlySpan<byte> bytes, string file)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public string File { get; } = file;

    public int Position { get; private set; }

    public readonly int Left => _bytes.Length - Position;

    public ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Left)
            throw Invalid(what, $"needs {count} bytes at byte {Position}, where {Left} are left");
        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public byte U8(string what) => Take(1, what)[0];

    public uint U32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong U64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A count of things that take at least <paramref name="leastBytes"/> each, so that more than fit are refused before any is read.</summary>
    public readonly int Bounded(ulong count, int leastBytes, string what, string unit)
    {
        if (count > (ulong)(Left / leastBytes))
            throw Invalid(what, $"claims {count} {unit}, more than fit into the {Left} bytes left");
        return (int)count;
    }

    public string Text(string what)
    {
        int length = Bounded(U64(what), leastBytes: 1, what, "bytes");
        var utf8 = Take(length, what);
        if (!Utf8.IsValid(utf8))
            throw Invalid(what, $"is not valid UTF-8 (at byte {Position - length})");
        return Encoding.UTF8.GetString(utf8);
    }

    public readonly InvalidModelFileException Invalid(string subject, string problem)
        => new(File, subject, problem, InvalidModelFileException.GetItAgain);
}
