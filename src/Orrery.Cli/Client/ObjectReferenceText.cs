using Orrery.Resources;
using Orrery.Resources.Validation;

namespace Orrery.Cli.Client;

/// <summary>One object, as the command line names it.</summary>
internal sealed record ObjectName(ResourceKind Kind, string Name);

/// <summary>How a person names objects: <c>isvc stories</c>, <c>isvc/stories</c>, <c>isvc,models</c>.</summary>
internal static class ObjectReferenceText
{
    /// <summary>Kinds of a comma-separated list, in the order given.</summary>
    /// <exception cref="CliException">A word names no kind, or there is none.</exception>
    public static IReadOnlyList<ResourceKind> Kinds(string words)
    {
        string[] split = words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return split.Length > 0 ? [.. split.SelectMany(Named).Distinct()] : throw new CliException($"'{words}' names no kind. {Known}");
    }

    /// <summary>Either a kind and then names, or each word as <c>KIND/NAME</c>.</summary>
    /// <exception cref="CliException">The words name no objects, or mix the two ways.</exception>
    public static IReadOnlyList<ObjectName> Objects(IReadOnlyList<string> words)
    {
        if (words.Any(w => w.Contains('/') && !IsPath(w)))
            return [.. words.Select(w => WithSlash(w, words))];
        if (words.Count < 2)
        {
            var kinds = Kinds(words[0]);
            throw new CliException($"'{words[0]}' names no object. Write {(kinds.Count == 1 ? words[0].Trim(',', ' ') : kinds[0].Singular)}/NAME.");
        }
        var kind = One(words[0], words[1]);
        return [.. words.Skip(1).Select(name => Checked(kind, name))];
    }

    private static ObjectName WithSlash(string word, IReadOnlyList<string> words)
    {
        string[] parts = word.Split('/', 2);
        if (parts.Length == 1)
        {
            string named = words.First(w => w.Contains('/'));
            throw new CliException($"'{named}' names an object already, and '{word}' beside it names none. Write KIND/NAME for each, or one kind and then names.");
        }
        if (parts[1].Length == 0)
            throw new CliException($"'{word}' names no object. Write {parts[0]}/NAME.");
        if (parts[1].Contains(','))
            throw new CliException($"'{word}' mixes an object with a list. Write each object as KIND/NAME, with spaces between, or kinds alone with commas.");
        return Checked(One(parts[0], parts[1]), parts[1]);
    }

    // The name of a path would otherwise read as a kind: `isvc ../x` has a name that is wrong, not a kind '..'.
    private static bool IsPath(string word) => word.StartsWith('.') || word.StartsWith('/');

    private static ResourceKind One(string words, string name)
    {
        var kinds = Kinds(words);
        return kinds is [var kind] ? kind : throw new CliException(
            $"'{words}' stands for {string.Join(" and ", kinds.Select(k => k.Plural))}, and a name belongs to one kind. Write {string.Join(" or ", kinds.Select(k => $"{k.Singular}/{name}"))}.");
    }

    private static ObjectName Checked(ResourceKind kind, string name)
        => Names.IsValid(name) ? new ObjectName(kind, name) : throw new CliException(
            $"'{name}' is no name: names are lower-case letters, digits, '-' and '.', starting and ending with a letter or digit, at most {Names.MaxLength} long.");

    private static IReadOnlyList<ResourceKind> Named(string word)
        => Resources.Kinds.Named(word) is { Count: > 0 } kinds ? kinds : throw new CliException($"There is no kind '{word}'. {Known}");

    private static string Known => $"Kinds: {string.Join(", ", Resources.Kinds.All.Select(k => k.Plural))}.";
}
