using System.Collections.Frozen;
using System.Text;
using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Added;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers;

/// <summary>The tokens of a SentencePiece model and what each stands for.</summary>
internal sealed class SentencePieceVocabulary
{
    /// <summary>Stands for a space inside tokens (U+2581).</summary>
    public const char Space = '\u2581';

    private readonly float[] _scores;
    private readonly int[] _byteTokens = new int[256];                  // -1 where there is none
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byText;

    private SentencePieceVocabulary(string[] tokens, float[] scores, TokenKind[] kinds, GgufMetadata metadata)
    {
        _scores = scores;
        Array.Fill(_byteTokens, -1);
        var byText = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        var found = new List<AddedToken>();
        for (int id = 0; id < tokens.Length; id++)
        {
            switch (kinds[id])
            {
                case TokenKind.Normal or TokenKind.Undefined or TokenKind.Unused:
                    byText.TryAdd(tokens[id], id);
                    break;
                case TokenKind.Byte:
                    _byteTokens[ByteOf(id)] = id;
                    break;
                case var kind when tokens[id].Length is > 0 and <= AddedToken.MaxChars:
                    found.Add(new AddedToken(id, tokens[id], Special: kind != TokenKind.UserDefined));
                    break;
            }
        }
        _byText = byText.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        Found = found;
        Table = new TokenTable(tokens, id => kinds[id] is TokenKind.Control or TokenKind.Unknown, id => kinds[id] switch
        {
            TokenKind.Byte => [ByteOf(id)],
            TokenKind.UserDefined => Encoding.UTF8.GetBytes(tokens[id]),
            _ => Encoding.UTF8.GetBytes(tokens[id].Replace(Space, ' ')),
        });

        byte ByteOf(int id) => Vocabulary.ByteOf(tokens[id]) ?? throw metadata.Invalid(
            GgufKeys.Tokens, $"has token {id}, {InvalidModelFileException.Quote(tokens[id])}, as a byte token; those are written <0x0A>");
    }

    public int Count => Table.Count;

    public TokenTable Table { get; }

    /// <summary>Tokens that are found in a text before it is split otherwise: the maker's own, and those that stand for no text.</summary>
    public IReadOnlyList<AddedToken> Found { get; }

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
            : Array.ConvertAll(tokens, token => Vocabulary.ByteOf(token) is null ? TokenKind.Normal : TokenKind.Byte);
        if (Array.Find(kinds, kind => kind is < TokenKind.Undefined or > TokenKind.Byte) is not 0 and var unknown)
            throw metadata.Invalid(GgufKeys.TokenTypes, $"has a token of type {(int)unknown}; 0 to 6 are defined");
        return new SentencePieceVocabulary(tokens, scores, kinds, metadata);
    }

    public bool TryFind(ReadOnlySpan<char> text, out int id) => _byText.TryGetValue(text, out id);

    public float ScoreOf(int id) => _scores[id];

    /// <summary>-1 where the vocabulary has none.</summary>
    public int ByteToken(byte value) => _byteTokens[value];
}
