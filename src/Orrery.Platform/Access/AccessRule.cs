namespace Orrery.Platform.Access;

/// <summary>One thing that is allowed, in the form of Kubernetes' policy rules. <c>*</c> in a list stands for everything.</summary>
public sealed record AccessRule(IReadOnlyList<string> Verbs)
{
    private const string Everything = "*";

    public IReadOnlyList<string> ApiGroups { get; init; } = [];

    /// <summary>Plurals; a subresource follows a slash.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Whole paths, or beginnings that end with <c>*</c>.</summary>
    public IReadOnlyList<string> NonResourceUrls { get; init; } = [];

    public bool Covers(AccessRequest request) => Has(Verbs, request.Verb) && (request.Path is { } path
        ? NonResourceUrls.Any(url => url.EndsWith('*') ? path.StartsWith(url[..^1], StringComparison.Ordinal) : url == path)
        : Has(ApiGroups, request.Group) && Has(Resources, request.Resource));

    private static bool Has(IReadOnlyList<string> list, string word) => list.Contains(Everything) || list.Contains(word);
}
