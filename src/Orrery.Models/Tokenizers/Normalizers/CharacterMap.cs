using System.Buffers.Binary;
using System.Text;

namespace Orrery.Models.Tokenizers.Normalizers;

/// <summary>
/// The normalization that a SentencePiece model carries: a trie over UTF-8 (a Darts double array) that sends the longest prefix known
/// to its replacement.
/// <code>
///   bytes:  u32 size of the trie | trie: u32 units | replacements, each ended by a zero byte
/// </code>
/// </summary>
internal sealed class CharacterMap : Normalizer
{
    private const int MaxReplacementBytes = 256;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements) => (_units, _replacements) = (units, replacements);

    /// <summary>Null where the bytes are no such map.</summary>
    public static CharacterMap? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
            return null;
        uint trieBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (trieBytes > bytes.Length - 4 || trieBytes % 4 != 0 || trieBytes == 0)
            return null;
        var units = new uint[trieBytes / 4];
        for (int i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        return new CharacterMap(units, bytes[(4 + (int)trieBytes)..].ToArray());
    }

    public override string Apply(string text)
    {
        byte[] from = Encoding.UTF8.GetBytes(text);
        var to = new List<byte>(from.Length);
        for (int at = 0; at < from.Length;)
        {
            var (length, replacement) = Longest(from.AsSpan(at));
            if (length > 0)
            {
                int end = replacement;
                while (end < _replacements.Length && _replacements[end] != 0 && end - replacement < MaxReplacementBytes)
                    to.Add(_replacements[end++]);
            }
            else
            {
                Rune.DecodeFromUtf8(from.AsSpan(at), out _, out length);
                to.AddRange(from.AsSpan(at, length));
            }
            at += length;
            CheckGrowth(from.Length, to.Count);
        }
        return Encoding.UTF8.GetString([.. to]);
    }

    /// <summary>Walks the double array: a unit's low byte is its label, bit 8 says that a value hangs below it, the offset leads to its children.</summary>
    private (int Length, int Replacement) Longest(ReadOnlySpan<byte> text)
    {
        var best = (0, 0);
        uint node = Offset(_units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != text[i])
                break;
            uint unit = _units[node];
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 1 && node < _units.Length)
                best = (i + 1, (int)Math.Min(_units[node] & 0x7FFFFFFF, (uint)_replacements.Length));
        }
        return best;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);
}
