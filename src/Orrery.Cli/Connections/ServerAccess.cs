using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Cli.Client;

namespace Orrery.Cli.Connections;

/// <summary>One context, with everything that it points to: where a server answers, whom to trust, who one is.</summary>
/// <param name="Context">Its name.</param>
/// <param name="Namespace">Of objects whose namespace nobody gives.</param>
internal sealed record ServerAccess(string Context, Uri Server, string Namespace)
{
    /// <summary>Null: whom the machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool Insecure { get; init; }

    /// <summary>The name that the server's certificate must carry; null: that of the address.</summary>
    public string? TlsServerName { get; init; }

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Value of the Authorization header.</summary>
    public string? Authorization { get; init; }

    /// <param name="context">Null: the current one.</param>
    /// <exception cref="CliException">There is no such context, or it is not whole.</exception>
    public static ServerAccess Of(Kubeconfig config, string? context)
    {
        string known = config.Contexts.Count == 0 ? "there are none" : string.Join(", ", config.Contexts.Keys.Order(StringComparer.Ordinal));
        string name = context ?? config.CurrentContext
            ?? throw new CliException($"The kubeconfig has no current-context. Choose with --context or orrery config use-context; contexts: {known}.");
        if (!config.Contexts.TryGetValue(name, out var found))
            throw new CliException($"There is no context '{name}'; contexts: {known}.");
        if (!config.Clusters.TryGetValue(found.Cluster, out var cluster))
            throw new CliException($"Context '{name}': there is no cluster '{found.Cluster}' in the kubeconfig.");
        if (!Uri.TryCreate(cluster.Server, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http"))
            throw new CliException($"Cluster '{found.Cluster}': server: '{cluster.Server}' must be an address such as https://10.0.0.1:6443.");

        KubeUser? user = null;
        if (found.User is { } userName && !config.Users.TryGetValue(userName, out user))
            throw new CliException($"Context '{name}': there is no user '{userName}' in the kubeconfig.");
        if (user?.Unsupported is { } unsupported)
            throw new CliException($"User '{found.User}' signs in by {unsupported}, which orrery does not run. Give the user a token, tokenFile or client certificate, for example from: kubectl create token SERVICEACCOUNT");
        return new ServerAccess(name, Folder(server), found.Namespace ?? "default")
        {
            Authorities = cluster.Authority is { } authority ? Certificates(Pem(authority, $"Cluster '{found.Cluster}': certificate-authority"), found.Cluster) : null,
            Insecure = cluster.Insecure,
            TlsServerName = cluster.TlsServerName,
            Certificate = user is null ? null : ClientCertificate(user, found.User!),
            Authorization = user is null ? null : Credentials(user, server, found.User!),
        };
    }

    // Paths are appended to the address, which may have one of its own (a proxy in front of many clusters).
    private static Uri Folder(Uri server) => server.AbsolutePath.EndsWith('/') ? server : new Uri(server.GetLeftPart(UriPartial.Path) + "/");

    private static string? Credentials(KubeUser user, Uri server, string name)
    {
        string? token = user.TokenFile is { } file ? Read(file, $"User '{name}': tokenFile").Trim() : user.Token;
        string? header = token is not null ? $"Bearer {token}"
            : user.Username is not null ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Username}:{user.Password}"))}" : null;
        if (header is not null && server.Scheme == "http" && !server.IsLoopback)
            throw new CliException($"User '{name}' has a token, and {server} would get it in clear. Use an https address.");
        return header;
    }

    private static X509Certificate2? ClientCertificate(KubeUser user, string name)
    {
        if (user.Certificate is null)
            return null;
        if (user.Key is null)
            throw new CliException($"User '{name}': client-key: must be set beside client-certificate.");
        try
        {
            return X509Certificate2.CreateFromPem(Pem(user.Certificate, $"User '{name}': client-certificate"), Pem(user.Key, $"User '{name}': client-key"));
        }
        catch (CryptographicException)
        {
            throw new CliException($"User '{name}': client-certificate and client-key are not a certificate and its key, in PEM.");
        }
    }

    private static X509Certificate2Collection Certificates(string pem, string cluster)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // Told below.
        }
        return certificates.Count > 0 ? certificates : throw new CliException($"Cluster '{cluster}': certificate-authority holds no certificate in PEM.");
    }

    private static string Pem(KubeMaterial material, string what)
    {
        if (material.Data is not { } data)
            return Read(material.File!, what);
        try
        {
            return Encoding.ASCII.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException)
        {
            throw new CliException($"{what}-data: must be base64.");
        }
    }

    private static string Read(string file, string what)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{what}: {file} cannot be read: {e.Message}");
        }
    }
}
