using Orrery.Resources.Schema;

namespace Orrery.Resources.Clusters;

/// <summary>A remote plane and how it is reached. Its credentials lie in a Secret; nothing secret stands here.</summary>
public sealed record ClusterSpec
{
    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Address of its API. Unset: it calls us, through the session tunnel.</summary>
    [Pattern("^https://.+", "an address that starts with https://")]
    public string? Server { get; init; }

    /// <summary>Secret with the credentials, when we call it.</summary>
    public ClusterCredentials? CredentialsRef { get; init; }

    /// <summary>What it has, for choosing: region, accelerators and so on.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>True: nothing new goes there.</summary>
    public bool? Disabled { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<ClusterSpec>(
            "!has(self.server) || has(self.credentialsRef)",
            s => s.Server is null || s.CredentialsRef is not null, "credentialsRef", "must be set beside server"),
    ];
}

/// <summary>Names a Secret.</summary>
public sealed record ClusterCredentials
{
    /// <summary>Its name.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Its namespace.</summary>
    [Required]
    public string? Namespace { get; init; }
}
