using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Engine.Decoder.Cache;

/// <summary>
/// What a page of the cache holds: its tokens and, through the hash of the page before, all before them. The same on every machine that serves the
/// model, and too long for anyone to find two texts with the same one. Routers compute it too, from token ids, as docs/kv-events.md says:
/// <code>
///   root       16 zero bytes, or the first 16 bytes of SHA-256(the adapter's name in UTF-8)
///   next       the first 16 bytes of SHA-256(the hash before, then 16 token ids as little-endian int32)
///   as text    the 16 bytes in hexadecimal, in their order
/// </code>
/// </summary>
public readonly record struct BlockHash(UInt128 Value)
{
    /// <summary>Tokens of a page.</summary>
    public const int PageTokens = KvPool.PagePositions;

    private const int HashBytes = 16;

    /// <summary>Before the first page.</summary>
    /// <param name="adapter">Its name: keys and values depend on it. Null: none.</param>
    public static BlockHash Root(string? adapter)
        => adapter is null ? default : Of(SHA256.HashData(Encoding.UTF8.GetBytes(adapter)));

    /// <summary>Of the page that follows, with a whole page of tokens.</summary>
    /// <exception cref="ArgumentException">They are no whole page.</exception>
    public BlockHash Next(ReadOnlySpan<int> tokens)
    {
        Span<byte> bytes = stackalloc byte[HashBytes + (KvPool.PagePositions * sizeof(int))];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        if (tokens.Length != KvPool.PagePositions)
            throw new ArgumentException($"A page has {KvPool.PagePositions} tokens, not {tokens.Length}.", nameof(tokens));
        MemoryMarshal.AsBytes(tokens).CopyTo(bytes[HashBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Of(hash);
    }

    private static BlockHash Of(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128BigEndian(hash));

    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
