using System.Text;
using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Patterns;
using Orrery.Models.Tokenizers.PreTokenizers;

namespace Orrery.Models.Tokenizers.HuggingFace;

internal static class PreTokenizerJson
{
    public static PreTokenizer Read(JsonPart step)
    {
        string type = step.Get("type").Text();
        return type switch
        {
            "Sequence" => new PreTokenizer.Chain([.. Steps.Of(step, "pretokenizers").Select(Read)]),
            "ByteLevel" => new ByteLevel(step.TruthOf("add_prefix_space") ?? true, step.TruthOf("use_regex") ?? true),
            "Split" => Split(step),
            "Metaspace" => Metaspace(step),
            "Whitespace" => new PatternSplit(new Pattern(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true),
            "WhitespaceSplit" => new PreTokenizer.AtRunes(Rune.IsWhiteSpace, SplitBehavior.Removed),
            "Punctuation" => new PreTokenizer.AtRunes(PreTokenizer.IsPunctuation, Behavior(step)),
            "Digits" => new PreTokenizer.AtRunes(Rune.IsNumber, step.TruthOf("individual_digits") ?? false ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
            "CharDelimiterSplit" => new TextSplit(Sign(step.Get("delimiter")).ToString(), SplitBehavior.Removed),
            "BertPreTokenizer" => new PreTokenizer.Chain(
            [
                new PreTokenizer.AtRunes(Rune.IsWhiteSpace, SplitBehavior.Removed), new PreTokenizer.AtRunes(PreTokenizer.IsPunctuation, SplitBehavior.Isolated),
            ]),
            _ => throw step.Invalid($"is of type {InvalidModelFileException.Quote(type)}, which is not implemented", "Use another model."),
        };
    }

    private static PreTokenizer Split(JsonPart step)
    {
        bool invert = step.TruthOf("invert") ?? false;
        var behavior = Behavior(step);
        return PatternJson.Read(step) switch
        {
            ({ } text, _) => new TextSplit(text, behavior, invert),
            (_, { } pattern) => new PatternSplit(pattern, behavior, invert),
            _ => throw step.Invalid("has no pattern"),
        };
    }

    private static PreTokenizer.Metaspace Metaspace(JsonPart step)
    {
        // Files of before 2024 say add_prefix_space, which is always or never.
        var prepend = step.TextOf("prepend_scheme") switch
        {
            "always" => MetaspacePrepend.Always,
            "first" => MetaspacePrepend.First,
            "never" => MetaspacePrepend.Never,
            null => step.TruthOf("add_prefix_space") ?? true ? MetaspacePrepend.Always : MetaspacePrepend.Never,
            var other => throw step.Invalid($"has the prepend_scheme {InvalidModelFileException.Quote(other)}; always, first and never are known"),
        };
        char sign = step.Find("replacement") is { } replacement ? Sign(replacement) : SentencePieceVocabulary.Space;
        return new PreTokenizer.Metaspace(sign, prepend, step.TruthOf("split") ?? true);
    }

    private static SplitBehavior Behavior(JsonPart step) => step.TextOf("behavior") switch
    {
        "Isolated" or "isolated" or null => SplitBehavior.Isolated,
        "Removed" or "removed" => SplitBehavior.Removed,
        "MergedWithPrevious" or "merged_with_previous" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" or "merged_with_next" => SplitBehavior.MergedWithNext,
        "Contiguous" or "contiguous" => SplitBehavior.Contiguous,
        var other => throw step.Invalid($"has the behavior {InvalidModelFileException.Quote(other)}, which is not known"),
    };

    private static char Sign(JsonPart part) => part.Text() is [var sign] ? sign : throw part.Invalid("must be one character");
}
