using System.Text;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.PreTokenizers;

/// <summary>
/// Bytes as printable characters, the alphabet of GPT-2's vocabulary: those of Latin-1 that show stand for themselves, the others for
/// U+0100 on, so that a space is Ġ and a line's end Ċ.
/// </summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool usesPattern) : PreTokenizer
{
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly char[] CharOfByte = MakeAlphabet();
    private static readonly Dictionary<char, byte> ByteOfChar = Enumerable.Range(0, 256).ToDictionary(value => CharOfByte[value], value => (byte)value);

    private readonly PatternSplit? _words = usesPattern ? new PatternSplit(new Pattern(Gpt2), SplitBehavior.Isolated) : null;

    public override void Split(string piece, bool first, List<string> pieces)
    {
        if (addPrefixSpace && !piece.StartsWith(' '))
            piece = " " + piece;
        if (_words is null)
        {
            pieces.Add(Mark(piece));
            return;
        }
        int before = pieces.Count;
        _words.Split(piece, first, pieces);
        for (int i = before; i < pieces.Count; i++)
            pieces[i] = Mark(pieces[i]);
    }

    public static string Mark(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return string.Create(utf8.Length, utf8, (chars, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++)
                chars[i] = CharOfByte[bytes[i]];
        });
    }

    /// <summary>The bytes of a token; where it is not written in the alphabet, those of its text.</summary>
    public static byte[] Unmark(string token)
    {
        var bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!ByteOfChar.TryGetValue(token[i], out bytes[i]))
                return Encoding.UTF8.GetBytes(token);
        }
        return bytes;
    }

    private static char[] MakeAlphabet()
    {
        var chars = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool shows = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            chars[value] = shows ? (char)value : (char)next++;
        }
        return chars;
    }
}
