namespace Orrery.Resources.Validation;

/// <summary>Lists of words in sentences.</summary>
internal static class Words
{
    /// <summary><c>a</c>, <c>a or b</c>, <c>a, b or c</c>.</summary>
    public static string Choice(IReadOnlyList<string> words)
        => words.Count == 1 ? words[0] : $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}";
}
