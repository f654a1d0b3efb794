using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Decoders;
using Orrery.Models.Tokenizers.Patterns;
using Orrery.Models.Tokenizers.PreTokenizers;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary><c>tokenizer.ggml.model = gpt2</c>: byte-level BPE, cut beforehand by the patterns that <c>tokenizer.ggml.pre</c> names.</summary>
internal static class GgufByteLevel
{
    public static Tokenizer Read(GgufMetadata metadata)
    {
        var tokens = GgufTokens.Read(metadata);
        string name = metadata.Text(GgufKeys.Pre) ?? "default";
        var rules = SplitRules.Find(name)
            ?? throw metadata.Invalid(GgufKeys.Pre, $"is {InvalidModelFileException.Quote(name)}", $"Those that work: {string.Join(", ", SplitRules.Names)}.");
        var (before, after) = tokens.Around(rules.AddsBegin, addsEnd: false);
        var unknown = new UnknownText(tokens.Vocabulary, Token: null, ByteFallback: false, Fuse: false);
        return new PipelineTokenizer(new TokenizerParts
        {
            Vocabulary = tokens.Vocabulary,
            Model = new BpeModel(tokens.Vocabulary, Merges(metadata, tokens.Vocabulary), unknown, rules.TakesWholePieces),
            Decoding = new Decoding([new TokenDecoder.Alphabet()]),
            PreTokenizer = new PreTokenizer.Chain(
            [
                .. rules.Patterns.Select(pattern => new PatternSplit(new Pattern(pattern), SplitBehavior.Isolated)), new ByteLevel(addPrefixSpace: false, usesPattern: false),
            ]),
            Added = tokens.Added(),
            Before = before,
            After = after,
            BeginOfSequence = tokens.Id(GgufKeys.BeginOfSequence),
            EndOfText = tokens.Ends(),
        });
    }

    private static BpeMerges Merges(GgufMetadata metadata, Vocabulary vocabulary)
    {
        string[] lines = metadata.ArrayOf<string>(GgufKeys.Merges) ?? throw metadata.Missing(GgufKeys.Merges);
        var merges = new BpeMerges(lines.Length);
        foreach (string line in lines)
        {
            int space = line.Length < 3 ? -1 : line.IndexOf(' ', 1);
            if (space < 1 || space == line.Length - 1)
                throw metadata.Invalid(GgufKeys.Merges, $"has {InvalidModelFileException.Quote(line)}; two tokens with a space between are needed");
            if (!vocabulary.TryFind(line.AsSpan(0, space), out int left) || !vocabulary.TryFind(line.AsSpan(space + 1), out int right)
                || !vocabulary.TryFind(string.Concat(line.AsSpan(0, space), line.AsSpan(space + 1)), out int joined))
            {
                throw metadata.Invalid(GgufKeys.Merges, $"has {InvalidModelFileException.Quote(line)}, which are not tokens or whose sum is none");
            }
            merges.Add(left, right, joined);
        }
        return merges;
    }
}
