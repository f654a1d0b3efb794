using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Decoders;
using Orrery.Models.Tokenizers.Normalizers;
using Orrery.Models.Tokenizers.PreTokenizers;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary><c>tokenizer.ggml.model = t5</c>: a SentencePiece unigram model.</summary>
internal static class GgufUnigram
{
    public static Tokenizer Read(GgufMetadata metadata)
    {
        var tokens = GgufTokens.Read(metadata);
        float[] scores = metadata.ArrayOf<float>(GgufKeys.Scores) ?? throw metadata.Missing(GgufKeys.Scores);
        if (scores.Length != tokens.Vocabulary.Count)
            throw metadata.Invalid(GgufKeys.Scores, $"has {scores.Length} elements for {tokens.Vocabulary.Count} tokens");

        var (before, after) = tokens.Around(addsBegin: false, addsEnd: true);
        bool prefix = metadata.Truth(GgufKeys.AddSpacePrefix) ?? true;
        bool hasBytes = tokens.Vocabulary.ByteTokens.All(id => id >= 0);
        var unknown = new UnknownText(tokens.Vocabulary, tokens.Id(GgufKeys.Unknown) ?? 2, ByteFallback: hasBytes, Fuse: true);
        return new PipelineTokenizer(new TokenizerParts
        {
            Vocabulary = tokens.Vocabulary,
            Model = new UnigramModel(tokens.Vocabulary, scores, unknown, id => tokens.Kinds[id] is TokenKind.Normal or TokenKind.UserDefined or TokenKind.Unused),
            Decoding = new Decoding(
                [new TokenDecoder.ByteFallback(), new TokenDecoder.Replace(SentencePieceVocabulary.Space.ToString(), " ")], DropsAtStart: prefix ? 1 : 0),
            Normalizer = Normalizer(metadata),
            PreTokenizer = new PreTokenizer.Metaspace(SentencePieceVocabulary.Space, prefix ? MetaspacePrepend.Always : MetaspacePrepend.Never, split: true),
            Added = tokens.Added(),
            Before = before,
            After = after,
            BeginOfSequence = tokens.Id(GgufKeys.BeginOfSequence),
            EndOfText = tokens.Ends(),
        });
    }

    private static Normalizer.Chain Normalizer(GgufMetadata metadata)
    {
        var steps = new List<Normalizer>();
        if (CharacterMapOf(metadata) is { } map)
            steps.Add(map);
        if (metadata.Truth(GgufKeys.RemoveExtraWhiteSpace) ?? false)
        {
            steps.Add(new Normalizer.Strip(left: true, right: true));
            steps.Add(new Normalizer.ReplacePattern(new Patterns.Pattern(" {2,}"), " "));
        }
        return new Normalizer.Chain(steps);
    }

    private static CharacterMap? CharacterMapOf(GgufMetadata metadata)
    {
        if (!metadata.Contains(GgufKeys.CharacterMap))
            return null;
        // Converters write it as bytes of either sign.
        byte[] bytes = metadata.ValueOf(GgufKeys.CharacterMap) switch
        {
            sbyte[] signed when signed.GetType() == typeof(sbyte[]) => Array.ConvertAll(signed, value => (byte)value),
            byte[] unsigned => unsigned,
            _ => throw metadata.Invalid(GgufKeys.CharacterMap, "is no array of bytes"),
        };
        return bytes.Length == 0 ? null : CharacterMap.Read(bytes) ?? throw metadata.Invalid(GgufKeys.CharacterMap, "is no map of characters");
    }
}
