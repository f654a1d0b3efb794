using Orrery.Models.Gguf;

namespace Orrery.Models.Tokenizers;

/// <summary>Text to token ids and back. Immutable; safe to share between threads.</summary>
public abstract class Tokenizer
{
    /// <summary>The tokenizer that a GGUF file describes.</summary>
    /// <exception cref="InvalidModelFileException">There is none, it is damaged, or it is of a kind that is not among those that work.</exception>
    public static Tokenizer FromGguf(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        string kind = metadata.Text(GgufKeys.Model) ?? throw metadata.Missing(GgufKeys.Model);
        return kind switch
        {
            "llama" => SentencePieceTokenizer.Read(metadata),
            _ => throw metadata.Invalid(GgufKeys.Model, $"is {InvalidModelFileException.Quote(kind)}", "Tokenizers that work: llama."),
        };
    }

    public abstract int VocabularySize { get; }

    /// <summary>Null where the model has no such token.</summary>
    public abstract int? BeginOfSequence { get; }

    /// <summary>Ids after which the text is over.</summary>
    public abstract IReadOnlySet<int> EndOfText { get; }

    /// <param name="addSpecial">Adds the tokens that the model wants around a prompt, such as begin-of-sequence.</param>
    public abstract IReadOnlyList<int> Encode(string text, bool addSpecial);

    /// <summary>The bytes that one token stands for, in the middle of a text. Empty for control tokens.</summary>
    public abstract ReadOnlySpan<byte> BytesOf(int token);

    /// <summary>Decodes whole texts. For streams use <see cref="BytesOf"/> and an incremental UTF-8 decoder.</summary>
    public abstract string Decode(IEnumerable<int> tokens);
}
