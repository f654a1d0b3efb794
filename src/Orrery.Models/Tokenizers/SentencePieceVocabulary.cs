using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Orrery.Models.Gguf;

namespace Orrery.Models.Tokenizers;

/// <summary>The tokens of a SentencePiece model and what each stands for.</summary>
internal sealed class SentencePieceVocabulary
{
    /// <summary>Stands for a space inside tokens (U+2581).</summary>
    public const char Space = '\u2581';

    private readonly float[] _scores;
    private readonly int[] _byteTokens = new int[256];                  // -1 where there is none
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly byte[] _bytes;                                     // of all tokens, one after the other
    private readonly int[] _ends;                                       // _ends[id]: where those of token id end

    private SentencePieceVocabulary(string[] tokens, float[] scores, TokenKind[] kinds, GgufMetadata metadata)
    {
        _scores = scores;
        _ends = new int[tokens.Length];
        Array.Fill(_byteTokens, -1);
        var byText = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        var userDefined = new Dictionary<string, int>(StringComparer.Ordinal);
        var bytes = new List<byte>(tokens.Length * 8);
        for (int id = 0; id < tokens.Length; id++)
        {
            string token = tokens[id];
            switch (kinds[id])
            {
                case TokenKind.Normal or TokenKind.Undefined or TokenKind.Unused:
                    byText.TryAdd(token, id);
                    bytes.AddRange(Encoding.UTF8.GetBytes(token.Replace(Space, ' ')));
                    break;
                case TokenKind.UserDefined:
                    if (token.Length > 0)
                        userDefined.TryAdd(token, id);
                    bytes.AddRange(Encoding.UTF8.GetBytes(token));
                    break;
                case TokenKind.Byte:
                    byte value = ParseByte(token) ?? throw metadata.Invalid(
                        GgufKeys.Tokens, $"has token {id}, {InvalidModelFileException.Quote(token)}, as a byte token; those are written <0x0A>");
                    _byteTokens[value] = id;
                    bytes.Add(value);
                    break;
            }
            _ends[id] = bytes.Count;
        }
        _bytes = [.. bytes];
        _byText = byText.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        UserDefined = userDefined.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public int Count => _ends.Length;

    /// <summary>Tokens that are found in a text before it is split otherwise.</summary>
    public FrozenDictionary<string, int> UserDefined { get; }

    public static SentencePieceVocabulary Read(GgufMetadata metadata)
    {
        string[] tokens = metadata.ArrayOf<string>(GgufKeys.Tokens) ?? throw metadata.Missing(GgufKeys.Tokens);
        float[] scores = metadata.ArrayOf<float>(GgufKeys.Scores) ?? throw metadata.Missing(GgufKeys.Scores);
        int[]? types = metadata.ArrayOf<int>(GgufKeys.TokenTypes);
        if (tokens.Length == 0)
            throw metadata.Invalid(GgufKeys.Tokens, "is empty");
        if (scores.Length != tokens.Length)
            throw metadata.Invalid(GgufKeys.Scores, $"has {scores.Length} elements for {tokens.Length} tokens");
        if (types is not null && types.Length != tokens.Length)
            throw metadata.Invalid(GgufKeys.TokenTypes, $"has {types.Length} elements for {tokens.Length} tokens");

        var kinds = types is not null
            ? Array.ConvertAll(types, type => (TokenKind)type)
            : Array.ConvertAll(tokens, token => ParseByte(token) is null ? TokenKind.Normal : TokenKind.Byte);
        if (Array.Find(kinds, kind => kind is < TokenKind.Undefined or > TokenKind.Byte) is not 0 and var unknown)
            throw metadata.Invalid(GgufKeys.TokenTypes, $"has a token of type {(int)unknown}; 0 to 6 are defined");
        return new SentencePieceVocabulary(tokens, scores, kinds, metadata);
    }

    public bool TryFind(ReadOnlySpan<char> text, out int id) => _byText.TryGetValue(text, out id);

    public float ScoreOf(int id) => _scores[id];

    /// <summary>-1 where the vocabulary has none.</summary>
    public int ByteToken(byte value) => _byteTokens[value];

    public ReadOnlySpan<byte> BytesOf(int id) => id == 0 ? _bytes.AsSpan(0, _ends[0]) : _bytes.AsSpan(_ends[id - 1].._ends[id]);

    private static byte? ParseByte(string token)
        => token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;
}
