using Orrery.Resources;

namespace Orrery.Cli.Client;

/// <summary>How a person names objects: <c>isvc stories</c>, <c>isvc/stories</c>, <c>isvc,models</c>.</summary>
internal static class ObjectReferenceText
{
    /// <summary>Kinds of a comma-separated list, in the order given.</summary>
    /// <exception cref="CliException">A word names no kind.</exception>
    public static IReadOnlyList<ResourceKind> Kinds(string words)
        => [.. words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(Named).Distinct()];

    /// <summary>One kind and, after a slash or as the second word, one name.</summary>
    public static (ResourceKind Kind, string Name) One(string first, string? second)
    {
        string[] parts = first.Split('/', 2);
        string? name = parts.Length == 2 ? parts[1] : second;
        if (string.IsNullOrEmpty(name))
            throw new CliException($"'{first}' names no object. Write {first}/NAME.");
        var kinds = Named(parts[0]);
        return kinds is [var kind] ? (kind, name) : throw new CliException($"'{parts[0]}' stands for {string.Join(" and ", kinds.Select(k => k.Plural))}: name one of them.");
    }

    private static IReadOnlyList<ResourceKind> Named(string word)
        => Resources.Kinds.Named(word) is { Count: > 0 } kinds
            ? kinds
            : throw new CliException($"There is no kind '{word}'. Kinds: {string.Join(", ", Resources.Kinds.All.Select(k => k.Plural))}.");
}
