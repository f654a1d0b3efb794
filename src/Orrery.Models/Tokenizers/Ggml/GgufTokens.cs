using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Added;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary>The tokens of a GGUF file with their kinds and the ids of special ones, checked.</summary>
internal sealed record GgufTokens(GgufMetadata Metadata, Vocabulary Vocabulary, TokenKind[] Kinds)
{
    public static GgufTokens Read(GgufMetadata metadata)
    {
        string[] tokens = metadata.ArrayOf<string>(GgufKeys.Tokens) ?? throw metadata.Missing(GgufKeys.Tokens);
        if (tokens.Length == 0)
            throw metadata.Invalid(GgufKeys.Tokens, "is empty");
        int[] types = metadata.ArrayOf<int>(GgufKeys.TokenTypes) ?? [.. tokens.Select(_ => (int)TokenKind.Normal)];
        if (types.Length != tokens.Length)
            throw metadata.Invalid(GgufKeys.TokenTypes, $"has {types.Length} elements for {tokens.Length} tokens");
        return new GgufTokens(metadata, new Vocabulary(tokens), Array.ConvertAll(types, type => (TokenKind)type));
    }

    public int? Id(string key) => (int?)Metadata.WholeNumber(key, 0, Vocabulary.Count - 1);

    /// <summary>Of one kind, in order.</summary>
    public IEnumerable<int> Of(TokenKind kind) => Enumerable.Range(0, Kinds.Length).Where(id => Kinds[id] == kind);

    /// <summary>Tokens that are found in a text as they stand: the maker's own always, control tokens where they are asked for.</summary>
    public IReadOnlyList<AddedToken> Added() =>
    [
        .. Enumerable.Range(0, Kinds.Length)
            .Where(id => Kinds[id] is TokenKind.Control or TokenKind.UserDefined or TokenKind.Unknown && Vocabulary[id] is { Length: > 0 and <= AddedToken.MaxChars })
            .Select(id => new AddedToken(id, Vocabulary[id]!, Special: Kinds[id] != TokenKind.UserDefined)),
    ];

    public IReadOnlySet<int> Ends()
    {
        var ends = EndNames.Among(Vocabulary, Of(TokenKind.Control)).ToHashSet();
        foreach (string key in (string[])[GgufKeys.EndOfSequence, GgufKeys.EndOfTurn, GgufKeys.EndOfMessage])
        {
            if (Id(key) is { } id)
                ends.Add(id);
        }
        return ends;
    }

    /// <summary>What goes around a prompt.</summary>
    public (int[] Before, int[] After) Around(bool addsBegin, bool addsEnd)
    {
        bool begin = Metadata.Truth(GgufKeys.AddBegin) ?? addsBegin, end = Metadata.Truth(GgufKeys.AddEnd) ?? addsEnd;
        return (begin && Id(GgufKeys.BeginOfSequence) is { } first ? [first] : [], end && Id(GgufKeys.EndOfSequence) is { } last ? [last] : []);
    }
}
