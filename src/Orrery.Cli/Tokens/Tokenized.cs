namespace Orrery.Cli.Tokens;

/// <summary>A text in tokens.</summary>
/// <param name="Ids">In the order of the text.</param>
/// <param name="Names">Each as the vocabulary writes it; as long as <paramref name="Ids"/>.</param>
internal sealed record Tokenized(IReadOnlyList<int> Ids, IReadOnlyList<string> Names);
