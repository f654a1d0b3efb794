using System.Text;
using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Decoders;
using Orrery.Models.Tokenizers.Normalizers;
using Orrery.Models.Tokenizers.PreTokenizers;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary><c>tokenizer.ggml.model = bert</c>: WordPiece, with ▁ in front of tokens that begin a word instead of ## in front of the others.</summary>
internal static class GgufWordPiece
{
    private const int MaxWordChars = 1000;

    public static Tokenizer Read(GgufMetadata metadata)
    {
        var tokens = GgufTokens.Read(metadata);
        string begin = SentencePieceVocabulary.Space.ToString();
        int? first = tokens.Id(GgufKeys.Class) ?? tokens.Id(GgufKeys.BeginOfSequence);
        int? last = tokens.Id(GgufKeys.Separator) ?? tokens.Id(GgufKeys.Separator2) ?? tokens.Id(GgufKeys.EndOfSequence);
        return new PipelineTokenizer(new TokenizerParts
        {
            Vocabulary = tokens.Vocabulary,
            Model = new WordPieceModel(tokens.Vocabulary, tokens.Id(GgufKeys.Unknown), begin, inside: "", MaxWordChars),
            Decoding = new Decoding([new TokenDecoder.Replace(begin, " ")], DropsAtStart: 1),
            Normalizer = new BertNormalizer(cleanText: true, spaceIdeographs: true, stripAccents: true, lowercase: true),
            PreTokenizer = new PreTokenizer.Chain(
            [
                new PreTokenizer.AtRunes(Rune.IsWhiteSpace, SplitBehavior.Removed), new PreTokenizer.AtRunes(PreTokenizer.IsPunctuation, SplitBehavior.Isolated),
            ]),
            Added = tokens.Added(),
            Before = first is { } cls ? [cls] : [],
            After = last is { } sep ? [sep] : [],
            BeginOfSequence = first,
            EndOfText = tokens.Ends(),
        });
    }
}
