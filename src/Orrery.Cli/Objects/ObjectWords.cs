using Orrery.Cli.Client;
using Orrery.Cli.Discovery;

namespace Orrery.Cli.Objects;

/// <summary>One object, as the command line names it.</summary>
internal sealed record ObjectName(ApiResource Kind, string Name)
{
    public string Title => $"{Kind.One}/{Name}";
}

/// <summary>How a person names objects: <c>isvc stories</c>, <c>isvc/stories</c>, <c>isvc,models</c>.</summary>
internal static class ObjectWords
{
    private const int MaxNameLength = 253;

    /// <summary>Kinds of a comma-separated list, in the order given.</summary>
    /// <exception cref="CliException">A word names no kind, or there is none.</exception>
    public static IReadOnlyList<ApiResource> Kinds(string words, ApiCatalog catalog)
    {
        string[] split = words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return split.Length > 0 ? [.. split.SelectMany(catalog.Named).Distinct()] : throw new CliException($"'{words}' names no kind. See: orrery api-resources");
    }

    /// <summary>The words name objects, not whole kinds.</summary>
    public static bool NameObjects(IReadOnlyList<string> words) => words.Count > 1 || words[0].Contains('/');

    /// <summary>Either a kind and then names, or each word as <c>KIND/NAME</c>.</summary>
    /// <param name="instead">What a command takes beside names, as it ends the sentence that asks for one.</param>
    /// <exception cref="CliException">The words name no objects, or mix the two ways.</exception>
    public static IReadOnlyList<ObjectName> Objects(IReadOnlyList<string> words, ApiCatalog catalog, string instead = "")
    {
        if (words.Any(w => w.Contains('/') && !IsPath(w)))
            return [.. words.Select(w => WithSlash(w, words, catalog))];
        if (words.Count < 2)
        {
            var kinds = Kinds(words[0], catalog);
            throw new CliException($"'{words[0]}' names no object. Write {(kinds.Count == 1 ? words[0].Trim(',', ' ') : kinds[0].One)}/NAME{instead}.");
        }
        var kind = One(words[0], words[1], catalog);
        return [.. words.Skip(1).Select(name => Checked(kind, name))];
    }

    /// <summary>The one object that the words name.</summary>
    /// <exception cref="CliException">They name none, or several.</exception>
    public static ObjectName Object(IReadOnlyList<string> words, ApiCatalog catalog)
        => Objects(words, catalog) is [var one] ? one : throw new CliException($"'{string.Join(' ', words)}' names several objects, and this command takes one.");

    private static ObjectName WithSlash(string word, IReadOnlyList<string> words, ApiCatalog catalog)
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
        return Checked(One(parts[0], parts[1], catalog), parts[1]);
    }

    // The name of a path would otherwise read as a kind: `isvc ../x` has a name that is wrong, not a kind '..'.
    private static bool IsPath(string word) => word.StartsWith('.') || word.StartsWith('/');

    private static ApiResource One(string words, string name, ApiCatalog catalog)
    {
        var kinds = Kinds(words, catalog);
        return kinds is [var kind] ? kind : throw new CliException(
            $"'{words}' stands for {string.Join(" and ", kinds.Select(k => k.Plural))}, and a name belongs to one kind. Write {string.Join(" or ", kinds.Select(k => $"{k.One}/{name}"))}.");
    }

    // What no kind allows: kinds differ in the rest, and the server knows it.
    private static ObjectName Checked(ApiResource kind, string name)
        => name.Length is > 0 and <= MaxNameLength && name is not ("." or "..") && !name.StartsWith('-') && name.IndexOfAny(['/', '%']) < 0 && !name.Any(char.IsWhiteSpace)
            ? new ObjectName(kind, name)
            : throw new CliException($"'{name}' is no name: names do not begin with '-', have no '/', '%' or spaces, and are at most {MaxNameLength} long.");
}
