using Orrery.Cli.Client;

namespace Orrery.Cli.Discovery;

/// <summary>The kinds of a server, in the order in which they win over others of the same name: core first, then the server's order of groups and versions.</summary>
/// <param name="Problems">Groups that could not be read, and why.</param>
internal sealed record ApiCatalog(IReadOnlyList<ApiResource> Resources, IReadOnlyList<string> Problems)
{
    /// <summary>The kind that the word names, or those of the category.</summary>
    /// <param name="word">Plural, singular, kind or short name; also <c>plural.group</c> and <c>plural.version.group</c>. Case does not matter.</param>
    /// <exception cref="UnknownKindException">There is none.</exception>
    public IReadOnlyList<ApiResource> Named(string word)
    {
        string lower = word.ToLowerInvariant();
        if (Resources.FirstOrDefault(r => IsName(r, lower)) is { } plain)
            return [plain];
        if (lower.IndexOf('.') is > 0 and var dot)
        {
            string name = lower[..dot], rest = lower[(dot + 1)..];
            if (Resources.FirstOrDefault(r => IsName(r, name) && (r.Group == rest || $"{r.Version}.{r.Group}" == rest || (r.Group.Length == 0 && r.Version == rest))) is { } qualified)
                return [qualified];
        }
        // A category holds each kind in the version that wins.
        var category = Resources.Where(r => r.Categories.Contains(lower)).DistinctBy(r => (r.Group, r.Plural)).ToList();
        return category.Count > 0 ? category : throw new UnknownKindException($"There is no kind '{word}'. See: orrery api-resources{Unread}");
    }

    /// <exception cref="UnknownKindException">There is none.</exception>
    public ApiResource Of(string apiVersion, string kind)
    {
        if (Resources.FirstOrDefault(r => r.ApiVersion == apiVersion && r.Kind == kind) is { } found)
            return found;
        if (kind.Length == 0)
            throw new UnknownKindException("kind: must be set");
        if (Resources.FirstOrDefault(r => r.Kind == kind) is not { } known)
            throw new UnknownKindException($"kind: there is no kind '{kind}' here. See: orrery api-resources{Unread}");
        throw new UnknownKindException(apiVersion.Length == 0
            ? $"{known.One}: apiVersion: must be set to {known.ApiVersion}"
            : $"{known.One}: apiVersion: '{apiVersion}' must be {known.ApiVersion}");
    }

    private string Unread => Problems.Count == 0 ? "" : $" (not all groups could be read: {string.Join("; ", Problems)})";

    private static bool IsName(ApiResource resource, string lower)
        => resource.Plural == lower || resource.Singular == lower || resource.ShortNames.Contains(lower) || resource.Kind.Equals(lower, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The server has no such kind, as far as is known.</summary>
internal sealed class UnknownKindException(string message) : CliException(message);
