namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>Cuts a piece of text into tokens of a vocabulary. Immutable; safe to share between threads.</summary>
internal abstract class SubwordModel
{
    public abstract void Encode(string piece, List<int> ids);
}
