using Orrery.Models.Tokenizers.Added;
using Orrery.Models.Tokenizers.Decoders;
using Orrery.Models.Tokenizers.Normalizers;
using Orrery.Models.Tokenizers.PreTokenizers;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers;

/// <summary>What a <see cref="PipelineTokenizer"/> is put together from.</summary>
internal sealed record TokenizerParts
{
    public required Vocabulary Vocabulary { get; init; }
    public required SubwordModel Model { get; init; }
    public required Decoding Decoding { get; init; }
    public Normalizer Normalizer { get; init; } = Normalizer.None;
    public PreTokenizer PreTokenizer { get; init; } = PreTokenizer.None;
    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>Ids around a prompt, where they are asked for.</summary>
    public IReadOnlyList<int> Before { get; init; } = [];

    public IReadOnlyList<int> After { get; init; } = [];
    public int? BeginOfSequence { get; init; }
    public required IReadOnlySet<int> EndOfText { get; init; }

    /// <summary>Other ids that stand for no text, such as the unknown token.</summary>
    public Func<int, bool> IsSilent { get; init; } = _ => false;
}

/// <summary>
/// A tokenizer put together from steps, as Hugging Face's library has it; byte-level BPE from GGUF files takes the same way.
/// <code>
///   text -(added tokens)-> stretches -> normalizer -(added tokens)-> pre-tokenizer -> pieces -> model -> ids
/// </code>
/// </summary>
internal sealed class PipelineTokenizer : Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly TokenTable _table;
    private readonly AddedTokens _raw, _rawPlain, _normalized, _normalizedPlain;

    public PipelineTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        var added = parts.Added.DistinctBy(token => token.Id).ToDictionary(token => token.Id);
        string?[] names = [.. Enumerable.Range(0, parts.Vocabulary.Count).Select(id => parts.Vocabulary[id])];
        _table = new TokenTable(
            names,
            id => parts.IsSilent(id) || (added.TryGetValue(id, out var token) && token.Special),
            id => parts.Decoding.Bytes(names[id]!));
        _raw = new AddedTokens(parts.Added.Where(token => !token.Normalized));
        _rawPlain = new AddedTokens(parts.Added.Where(token => !token.Normalized && !token.Special));
        _normalized = new AddedTokens(parts.Added.Where(token => token.Normalized));
        _normalizedPlain = new AddedTokens(parts.Added.Where(token => token.Normalized && !token.Special));
    }

    public override int VocabularySize => _table.Count;

    public override int? BeginOfSequence => _parts.BeginOfSequence;

    public override IReadOnlySet<int> EndOfText => _parts.EndOfText;

    public override IReadOnlyList<int> Encode(string text, bool addSpecial, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>((text.Length / 3) + 4);
        if (addSpecial)
            ids.AddRange(_parts.Before);

        var (raw, normalized) = parseSpecial ? (_raw, _normalized) : (_rawPlain, _normalizedPlain);
        raw.Cut(text, token => ids.Add(token.Id), (stretch, at) =>
        {
            normalized.Cut(_parts.Normalizer.Apply(stretch), token => ids.Add(token.Id), (part, inside) => EncodePlain(part, first: at + inside == 0, ids));
        });

        if (addSpecial)
            ids.AddRange(_parts.After);
        return ids;
    }

    public override ReadOnlySpan<byte> BytesOf(int token) => _table.BytesOf(token);

    public override string NameOf(int token) => _table.NameOf(token);

    public override string Decode(IEnumerable<int> tokens, bool showSpecial)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return _parts.Decoding.Trim(_table.Join(tokens, showSpecial));
    }

    private void EncodePlain(string text, bool first, List<int> ids)
    {
        var pieces = new List<string>();
        _parts.PreTokenizer.Split(text, first, pieces);
        foreach (string piece in pieces)
            _parts.Model.Encode(piece, ids);
    }
}
