using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Decoders;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>
/// Decoders work on one token after the other here, since texts are streamed; what a file wants done to the whole text can only be
/// taking characters off its ends.
/// </summary>
internal static class DecoderJson
{
    public static Decoding Read(JsonPart? decoder)
    {
        if (decoder is not { } json)
            return new Decoding([]);
        var steps = new List<TokenDecoder>();
        var decoding = new Decoding(steps);
        Add(json, steps, ref decoding);
        return decoding;
    }

    private static string Short(JsonPart part)
    {
        string text = part.Text();
        return text.Length <= 4 ? text : throw part.Invalid($"has {text.Length} characters; at most 4 may be put into a token");
    }

    private static void Add(JsonPart step, List<TokenDecoder> steps, ref Decoding decoding)
    {
        string type = step.Get("type").Text();
        switch (type)
        {
            case "Sequence":
                foreach (var part in Steps.Of(step, "decoders"))
                    Add(part, steps, ref decoding);
                break;
            case "ByteLevel":
                steps.Add(new TokenDecoder.Alphabet());
                break;
            case "ByteFallback":
                steps.Add(new TokenDecoder.ByteFallback());
                break;
            case "Fuse":
                break;
            case "Replace":
                steps.Add(PatternJson.Read(step) is ({ } text, _)
                    ? new TokenDecoder.Replace(text, Short(step.Get("content")))
                    : throw step.Invalid("replaces by a pattern, which is not implemented", "Use another model."));
                break;
            case "Strip":
                decoding = decoding with
                {
                    DropsAtStart = (int)(step.WholeNumberOf("start", 0, 1000) ?? 0),
                    DropsAtEnd = (int)(step.WholeNumberOf("stop", 0, 1000) ?? 0),
                    Dropped = step.Get("content").Text() is [var dropped] ? dropped : throw step.Invalid("strips more than one kind of character"),
                };
                break;
            case "Metaspace":
                steps.Add(new TokenDecoder.Replace(step.TextOf("replacement") is { Length: 1 } sign ? sign : SentencePieceVocabulary.Space.ToString(), " "));
                bool prepends = step.TextOf("prepend_scheme") is { } scheme ? scheme != "never" : step.TruthOf("add_prefix_space") ?? true;
                decoding = decoding with { DropsAtStart = prepends ? 1 : 0 };
                break;
            case "WordPiece":
                steps.Add(new TokenDecoder.WordPiece(step.TextOf("prefix") ?? "##"));
                decoding = decoding with { DropsAtStart = 1 };
                break;
            default:
                throw step.Invalid($"is of type {InvalidModelFileException.Quote(type)}, which is not implemented", "Use another model.");
        }
    }
}
