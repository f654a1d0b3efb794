using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Normalizers;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>
/// Reads <c>tokenizer.json</c> of Hugging Face's library. It comes from a stranger: sizes are bounded, patterns run in bounded time,
/// and what is not known here is refused by name, since leaving a step out would give wrong tokens without a sign of it.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>The largest vocabularies in use have 262,144 tokens.</summary>
    public const int MaxTokens = 1 << 24;

    public static Tokenizer Read(string path, int leastSize)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        var json = JsonFile.Read(file);
        var special = SpecialTokenFiles.Read(Path.GetDirectoryName(file) ?? "");
        return Read(json, special, leastSize);
    }

    public static Tokenizer Read(JsonPart json, SpecialTokenFiles special, int leastSize)
    {
        try
        {
            return Assemble(json, special, leastSize);
        }
        catch (PatternException e)
        {
            throw new InvalidModelFileException(json.File, "a pattern", e.Message, "Use another model.", e);
        }
    }

    private static PipelineTokenizer Assemble(JsonPart json, SpecialTokenFiles special, int leastSize)
    {
        var added = AddedTokensJson.Read(json);
        var normalizer = json.Find("normalizer") is { } steps ? NormalizerJson.Read(steps) : Normalizer.None;
        var (vocabulary, model) = ModelJson.Read(json.Get("model"), added, leastSize);
        var (before, after) = json.Find("post_processor") is { } post ? PostProcessorJson.Read(post, vocabulary) : ([], []);
        return new PipelineTokenizer(new TokenizerParts
        {
            Vocabulary = vocabulary,
            Model = model,
            Decoding = DecoderJson.Read(json.Find("decoder")),
            Normalizer = normalizer,
            PreTokenizer = json.Find("pre_tokenizer") is { } cuts ? PreTokenizerJson.Read(cuts) : PreTokenizers.PreTokenizer.None,
            // The library looks for these in normalized text, and so normalizes them as well.
            Added = [.. added.Select(token => token.Normalized ? token with { Content = normalizer.Apply(token.Content) } : token).Where(token => token.Content.Length > 0)],
            Before = before,
            After = after,
            BeginOfSequence = special.Begin(vocabulary) ?? (before.Count > 0 ? before[0] : null),
            EndOfText = special.Ends(vocabulary, added.Where(token => token.Special).Select(token => token.Id)),
        });
    }
}
