namespace Orrery.Models.ChatTemplates;

/// <summary>
/// What one template may cost. A template comes with a model, from a stranger, and every request runs it.
/// The defaults leave real templates a hundredfold room for a conversation of a hundred thousand tokens.
/// </summary>
public sealed record ChatTemplateOptions
{
    /// <summary>Longest source, in UTF-16 units. Default 1 Mi; the largest known templates have 20 thousand.</summary>
    public int MaxSourceChars { get; init; } = 1 << 20;

    /// <summary>Brackets and blocks inside each other in the source. Default 100.</summary>
    public int MaxNesting { get; init; } = 100;

    /// <summary>Evaluations inside each other while rendering: expressions, blocks, macros that call macros. Default 800.</summary>
    public int MaxDepth { get; init; } = 800;

    /// <summary>Evaluated pieces of the template; reading 64 characters or one element of a list counts as one more. Default 20 million.</summary>
    public long MaxSteps { get; init; } = 20_000_000;

    /// <summary>Longest result, in UTF-16 units. Default 16 Mi.</summary>
    public int MaxOutputChars { get; init; } = 16 << 20;

    /// <summary>
    /// All texts and lists made on the way, in UTF-16 units (an element of a list counts as 32), whether still needed or not. Default 64 Mi.
    /// </summary>
    public long MaxMadeChars { get; init; } = 64 << 20;
}
