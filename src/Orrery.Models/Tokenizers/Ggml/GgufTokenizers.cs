using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary>Which kind of tokenizer a GGUF file holds.</summary>
internal static class GgufTokenizers
{
    public static Tokenizer Read(GgufMetadata metadata)
    {
        string kind = metadata.Text(GgufKeys.Model) ?? throw metadata.Missing(GgufKeys.Model);
        try
        {
            return kind switch
            {
                "llama" => SentencePieceTokenizer.Read(metadata),
                "gpt2" => GgufByteLevel.Read(metadata),
                "t5" => GgufUnigram.Read(metadata),
                "bert" => GgufWordPiece.Read(metadata),
                _ => throw metadata.Invalid(GgufKeys.Model, $"is {InvalidModelFileException.Quote(kind)}", "Tokenizers that work: llama, gpt2, t5, bert."),
            };
        }
        catch (PatternException e)
        {
            throw metadata.Invalid(GgufKeys.Pre, e.Message, "Use another model.");
        }
    }
}
