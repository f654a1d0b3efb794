namespace Orrery.Cli.Connections;

/// <summary>What kubeconfig files say, in the form of client-go: named clusters, users and contexts.</summary>
/// <param name="CurrentContext">Null: none is set.</param>
internal sealed record Kubeconfig(
    IReadOnlyDictionary<string, KubeCluster> Clusters,
    IReadOnlyDictionary<string, KubeUser> Users,
    IReadOnlyDictionary<string, KubeContext> Contexts,
    string? CurrentContext)
{
    public static Kubeconfig Empty { get; } = new(
        new Dictionary<string, KubeCluster>(), new Dictionary<string, KubeUser>(), new Dictionary<string, KubeContext>(), null);

    /// <summary>As Kubernetes merges a list of files: of two entries of one name the first counts, whole; so does the first current context.</summary>
    public static Kubeconfig Merge(IEnumerable<Kubeconfig> files) => files.Aggregate(Empty, (merged, next) => new Kubeconfig(
        First(merged.Clusters, next.Clusters), First(merged.Users, next.Users), First(merged.Contexts, next.Contexts), merged.CurrentContext ?? next.CurrentContext));

    private static Dictionary<string, T> First<T>(IReadOnlyDictionary<string, T> first, IReadOnlyDictionary<string, T> next)
    {
        var both = new Dictionary<string, T>(first, StringComparer.Ordinal);
        foreach (var (name, value) in next)
            both.TryAdd(name, value);
        return both;
    }
}

/// <param name="Authority">Certificates to trust, PEM; null: those of the machine.</param>
/// <param name="Insecure">Any certificate will do.</param>
internal sealed record KubeCluster(string Server, KubeMaterial? Authority, bool Insecure, string? TlsServerName);

/// <param name="Unsupported">The way of signing in that the entry asks for and that does not work here; null: none.</param>
internal sealed record KubeUser(
    string? Token, string? TokenFile, KubeMaterial? Certificate, KubeMaterial? Key, string? Username, string? Password, string? Unsupported);

internal sealed record KubeContext(string Cluster, string? User, string? Namespace);

/// <summary>A certificate or key: written into the kubeconfig, or in a file that it names.</summary>
/// <param name="Data">Base64.</param>
/// <param name="File">Absolute.</param>
internal sealed record KubeMaterial(string? Data, string? File);
