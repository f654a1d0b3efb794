using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers.Ggml;
using Orrery.Models.Tokenizers.HuggingFace;

namespace Orrery.Models.Tokenizers;

/// <summary>Text to token ids and back. Immutable; safe to share between threads.</summary>
public abstract class Tokenizer
{
    /// <summary>The tokenizer that a GGUF file describes.</summary>
    /// <exception cref="InvalidModelFileException">There is none, it is damaged, or it is of a kind that is not among those that work.</exception>
    public static Tokenizer FromGguf(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return GgufTokenizers.Read(metadata);
    }

    /// <summary>The tokenizer of a Hugging Face model: <c>tokenizer.json</c>, with what the files beside it say of special tokens.</summary>
    /// <param name="path">The file, or the folder that holds it.</param>
    /// <param name="leastSize">The model's vocabulary, where that is larger: ids beyond the tokenizer's stand for no text.</param>
    /// <exception cref="InvalidModelFileException">It is not there, damaged, or asks for something that does not work here.</exception>
    public static Tokenizer FromJson(string path, int leastSize = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        return TokenizerJson.Read(path, leastSize);
    }

    public abstract int VocabularySize { get; }

    /// <summary>Null where the model has no such token.</summary>
    public abstract int? BeginOfSequence { get; }

    /// <summary>Ids after which the text is over.</summary>
    public abstract IReadOnlySet<int> EndOfText { get; }

    /// <summary>Encodes text that may come from anyone: control tokens spelt in it are text like any other.</summary>
    /// <param name="addSpecial">Adds the tokens that the model wants around a prompt, such as begin-of-sequence.</param>
    /// <exception cref="Patterns.PatternTimeException">The model's own rules for cutting text take too long on this one.</exception>
    public IReadOnlyList<int> Encode(string text, bool addSpecial) => Encode(text, addSpecial, parseSpecial: false);

    /// <param name="parseSpecial">Finds control tokens in the text: for what a chat template has made, never for what a user wrote.</param>
    /// <inheritdoc cref="Encode(string, bool)"/>
    public abstract IReadOnlyList<int> Encode(string text, bool addSpecial, bool parseSpecial);

    /// <summary>The bytes that one token stands for, in the middle of a text. Empty for control tokens.</summary>
    public abstract ReadOnlySpan<byte> BytesOf(int token);

    /// <summary>A token as the vocabulary writes it: <c>▁there</c>, <c>&lt;s&gt;</c>. Empty for an id that stands for nothing.</summary>
    public abstract string NameOf(int token);

    /// <summary>Decodes whole texts. For streams use <see cref="BytesOf"/> and an incremental UTF-8 decoder.</summary>
    public string Decode(IEnumerable<int> tokens) => Decode(tokens, showSpecial: false);

    /// <param name="showSpecial">Writes control tokens as they are named instead of leaving them out.</param>
    /// <inheritdoc cref="Decode(IEnumerable{int})"/>
    public abstract string Decode(IEnumerable<int> tokens, bool showSpecial);
}
