namespace Orrery.Models.Tokenizers;

/// <summary>What a token is for; the numbers are those in a GGUF file.</summary>
internal enum TokenKind
{
    Undefined = 0,
    Normal = 1,
    Unknown = 2,

    /// <summary>Steers the model and stands for no text: begin of sequence.</summary>
    Control = 3,

    /// <summary>Added by the model's maker; found in a text before anything else is.</summary>
    UserDefined = 4,
    Unused = 5,

    /// <summary>One byte, written <c>&lt;0x0A&gt;</c>, for text that no other token covers.</summary>
    Byte = 6,
}
