using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Engine.Decoder.Cache;

/// <summary>
/// What a page of the cache holds: its tokens and, through the hash of the page before, all before them. The same on every machine that serves the
/// model, and too long for anyone to find two texts with the same one.
/// </summary>
internal readonly record struct BlockHash(UInt128 Value)
{
    private const int HashBytes = 16;

    /// <summary>Before the first page.</summary>
    /// <param name="adapter">Keys and values depend on it. Null: none.</param>
    public static BlockHash Root(string? adapter)
        => adapter is null ? default : Of(SHA256.HashData(Encoding.UTF8.GetBytes(adapter)));

    /// <summary>Of the page that follows, with a whole page of tokens.</summary>
    public BlockHash Next(ReadOnlySpan<int> tokens)
    {
        Span<byte> bytes = stackalloc byte[HashBytes + (KvPool.PagePositions * sizeof(int))];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, Value);
        if (tokens.Length != KvPool.PagePositions)
            throw new ArgumentException($"A page has {KvPool.PagePositions} tokens, not {tokens.Length}.", nameof(tokens));
        MemoryMarshal.AsBytes(tokens).CopyTo(bytes[HashBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Of(hash);
    }

    private static BlockHash Of(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128LittleEndian(hash));

    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
