namespace Orrery.Models.Tokenizers.Added;

/// <summary>A token that is found in a text as it stands, before the text is cut otherwise.</summary>
/// <param name="Special">Steers the model: found only where control tokens are asked for, and no part of decoded text.</param>
/// <param name="TakesLeft">White space in front of it belongs to it.</param>
/// <param name="TakesRight">White space behind it belongs to it.</param>
/// <param name="SingleWord">Counts only where neither neighbour is a letter, digit or underscore.</param>
/// <param name="Normalized">Looked for after normalization, not before.</param>
internal sealed record AddedToken(
    int Id, string Content, bool Special, bool TakesLeft = false, bool TakesRight = false, bool SingleWord = false, bool Normalized = false)
{
    /// <summary>Longer ones are refused: each place where one may begin is looked at that far.</summary>
    public const int MaxChars = 1024;
}
