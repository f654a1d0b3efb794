using System.Collections.Frozen;
using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Added;

namespace Orrery.Models.Tokenizers;

/// <summary>
/// The tokenizer of llama and others, <c>tokenizer.ggml.model = llama</c>: spaces become ▁, one goes in front, then
/// <see cref="SentencePieceMerges"/>. Unless asked for, control tokens are not made from text, so a text cannot end a prompt by spelling one.
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private readonly SentencePieceVocabulary _vocabulary;
    private readonly AddedTokens _found, _foundPlain;
    private readonly int? _end;
    private readonly int? _unknown;
    private readonly bool _addBegin;
    private readonly bool _addEnd;
    private readonly bool _addSpacePrefix;

    private SentencePieceTokenizer(SentencePieceVocabulary vocabulary, GgufMetadata metadata)
    {
        _vocabulary = vocabulary;
        _found = new AddedTokens(vocabulary.Found);
        _foundPlain = new AddedTokens(vocabulary.Found.Where(token => !token.Special));

        int? Token(string key) => (int?)metadata.WholeNumber(key, 0, vocabulary.Count - 1);
        BeginOfSequence = Token(GgufKeys.BeginOfSequence);
        _end = Token(GgufKeys.EndOfSequence);
        _unknown = Token(GgufKeys.Unknown);
        EndOfText = new[] { _end, Token(GgufKeys.EndOfTurn), Token(GgufKeys.EndOfMessage) }.OfType<int>()
            .Concat(EndNames.Among(vocabulary.Found.Where(token => token.Special))).ToFrozenSet();
        _addBegin = metadata.Truth(GgufKeys.AddBegin) ?? true;
        _addEnd = metadata.Truth(GgufKeys.AddEnd) ?? false;
        _addSpacePrefix = metadata.Truth(GgufKeys.AddSpacePrefix) ?? true;
    }

    public override int VocabularySize => _vocabulary.Count;

    public override int? BeginOfSequence { get; }

    public override IReadOnlySet<int> EndOfText { get; }

    public static SentencePieceTokenizer Read(GgufMetadata metadata) => new(SentencePieceVocabulary.Read(metadata), metadata);

    public override IReadOnlyList<int> Encode(string text, bool addSpecial, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>((text.Length / 2) + 2);
        if (addSpecial && _addBegin && BeginOfSequence is { } begin)
            ids.Add(begin);
        (parseSpecial ? _found : _foundPlain).Cut(text, token => ids.Add(token.Id), (part, _) => EncodePlain(part, ids));
        if (addSpecial && _addEnd && _end is { } end)
            ids.Add(end);
        return ids;
    }

    public override ReadOnlySpan<byte> BytesOf(int token) => _vocabulary.Table.BytesOf(token);

    public override string NameOf(int token) => _vocabulary.Table.NameOf(token);

    public override string Decode(IEnumerable<int> tokens, bool showSpecial)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        string text = _vocabulary.Table.Join(tokens, showSpecial);

        // The space that Encode put in front is not part of the text.
        return _addSpacePrefix && text.StartsWith(' ') ? text[1..] : text;
    }

    private void EncodePlain(string text, List<int> ids)
    {
        string spaced = string.Concat(_addSpacePrefix ? " " : "", text).Replace(' ', SentencePieceVocabulary.Space);
        new SentencePieceMerges(_vocabulary, spaced).Encode(ids, _unknown);
    }
}
