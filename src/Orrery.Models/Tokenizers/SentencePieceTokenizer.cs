using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Orrery.Models.Gguf;

namespace Orrery.Models.Tokenizers;

/// <summary>
/// The tokenizer of llama and others, <c>tokenizer.ggml.model = llama</c>: spaces become ▁, one goes in front, then
/// <see cref="SentencePieceMerges"/>. Control tokens are never made from text, so a text cannot end a prompt by spelling one.
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private readonly SentencePieceVocabulary _vocabulary;
    private readonly SearchValues<string> _userDefined;
    private readonly int _longestUserDefined;
    private readonly int? _end;
    private readonly int? _unknown;
    private readonly bool _addBegin;
    private readonly bool _addEnd;
    private readonly bool _addSpacePrefix;

    private SentencePieceTokenizer(SentencePieceVocabulary vocabulary, GgufMetadata metadata)
    {
        _vocabulary = vocabulary;
        _userDefined = SearchValues.Create([.. vocabulary.UserDefined.Keys], StringComparison.Ordinal);
        _longestUserDefined = vocabulary.UserDefined.Keys.Select(text => text.Length).DefaultIfEmpty().Max();

        int? Token(string key) => (int?)metadata.WholeNumber(key, 0, vocabulary.Count - 1);
        BeginOfSequence = Token(GgufKeys.BeginOfSequence);
        _end = Token(GgufKeys.EndOfSequence);
        _unknown = Token(GgufKeys.Unknown);
        EndOfText = new[] { _end, Token(GgufKeys.EndOfTurn) }.OfType<int>().ToFrozenSet();
        _addBegin = metadata.Truth(GgufKeys.AddBegin) ?? true;
        _addEnd = metadata.Truth(GgufKeys.AddEnd) ?? false;
        _addSpacePrefix = metadata.Truth(GgufKeys.AddSpacePrefix) ?? true;
    }

    public override int VocabularySize => _vocabulary.Count;

    public override int? BeginOfSequence { get; }

    public override IReadOnlySet<int> EndOfText { get; }

    public static SentencePieceTokenizer Read(GgufMetadata metadata) => new(SentencePieceVocabulary.Read(metadata), metadata);

    public override IReadOnlyList<int> Encode(string text, bool addSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>((text.Length / 2) + 2);
        if (addSpecial && _addBegin && BeginOfSequence is { } begin)
            ids.Add(begin);

        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            int at = rest.IndexOfAny(_userDefined);
            EncodePlain(at < 0 ? rest : rest[..at], ids);
            if (at < 0)
                break;
            int length = LongestUserDefinedAt(rest[at..], out int id);
            ids.Add(id);
            rest = rest[(at + length)..];
        }

        if (addSpecial && _addEnd && _end is { } end)
            ids.Add(end);
        return ids;
    }

    public override ReadOnlySpan<byte> BytesOf(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize);
        return _vocabulary.BytesOf(token);
    }

    public override string Decode(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int token in tokens)
            bytes.Write(BytesOf(token));

        // The space that Encode put in front is not part of the text.
        var text = bytes.WrittenSpan;
        if (_addSpacePrefix && text.Length > 0 && text[0] == ' ')
            text = text[1..];
        return Encoding.UTF8.GetString(text);
    }

    private void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        if (text.IsEmpty)
            return;
        string spaced = string.Concat(_addSpacePrefix ? " " : "", text).Replace(' ', SentencePieceVocabulary.Space);
        new SentencePieceMerges(_vocabulary, spaced).Encode(ids, _unknown);
    }

    private int LongestUserDefinedAt(ReadOnlySpan<char> text, out int id)
    {
        var byText = _vocabulary.UserDefined.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = Math.Min(_longestUserDefined, text.Length); length > 0; length--)
        {
            if (byText.TryGetValue(text[..length], out id))
                return length;
        }
        throw new InvalidOperationException("A user-defined token was found and then was not there.");
    }
}
