using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Registries;

/// <summary>
/// Files of an artifact in an OCI registry, as <c>oras push</c> makes them: one layer per file, named by its title.
/// <code>
///   1  GET /v2/REPOSITORY/manifests/REFERENCE     401 says where a token is to be had
///   2  GET REALM?service=…&amp;scope=…              name and password once, then the token alone
///   3  GET /v2/REPOSITORY/blobs/sha256:…          bytes; may redirect to another host
/// </code>
/// </summary>
internal sealed class RegistryOrigin : IOrigin
{
    private const string Manifests = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.artifact.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

    private readonly ModelUri.RegistryArtifact _artifact;
    private readonly Uri _repository;
    private readonly GuardedHttp _http;
    private readonly WebFiles _files;
    private readonly AuthenticationHeaderValue? _password;
    private readonly Lock _lock = new();
    private AuthenticationHeaderValue? _authorization;

    public RegistryOrigin(ModelUri.RegistryArtifact artifact, OriginAccess access, GuardedHttp http, TimeProvider time)
    {
        _artifact = artifact;
        _http = http;
        var root = access.Endpoint ?? new Uri($"https://{artifact.Host}");
        _repository = new Uri($"{root.ToString().TrimEnd('/')}/v2/{artifact.Repository}/");
        (_password, _authorization) = Credentials(access);
        _files = new WebFiles(http, time, "make a Secret with username and password, or with token, and name it in spec.storage.key");
    }

    public async Task<Listing> ListAsync(CancellationToken ct)
    {
        var address = new Uri(_repository, $"manifests/{_artifact.Reference}");
        var (body, _) = await WithTokenAsync(a => _files.DocumentAsync(new WebQuestion(address, a, [new("Accept", Manifests)]), ct), address, ct);
        string digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}";
        if (_artifact.Reference.StartsWith("sha256:", StringComparison.Ordinal) && _artifact.Reference != digest)
            throw HttpFaults.Refused($"{GuardedHttp.Shown(address)} gave a manifest with the digest {digest}");
        return ArtifactManifest.Read(body) switch
        {
            ArtifactManifest.Files files => new Listing(files.All, digest),
            ArtifactManifest.Unusable other => throw HttpFaults.Refused($"{GuardedHttp.Shown(address)} {other.Problem}"),
            _ => throw new InvalidOperationException("A manifest has files or is unusable."),
        };
    }

    public Task<ListedFile> StatAsync(ListedFile file, CancellationToken ct) => Task.FromResult(file);

    public async Task ReadAsync(ListedFile file, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        var address = new Uri(_repository, $"blobs/{file.Key}");
        // Registries give layers tags of their own making; the digest is what counts.
        await WithTokenAsync(
            async a =>
            {
                await _files.ReadAsync(address, a, file, range, take, ct);
                return true;
            },
            address,
            ct);
    }

    public void Dispose()
    {
    }

    private static (AuthenticationHeaderValue? Password, AuthenticationHeaderValue? Token) Credentials(OriginAccess access)
    {
        if (access.Token is { } token)
            return (null, new AuthenticationHeaderValue("Bearer", token));
        return access.Value("username") is { } user && access.Value("password") is { } password
            ? (new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}"))), null)
            : (null, null);
    }

    /// <summary>Once as it is; where that is denied, once more with a fresh token.</summary>
    private async Task<T> WithTokenAsync<T>(Func<AuthenticationHeaderValue?, Task<T>> ask, Uri address, CancellationToken ct)
    {
        AuthenticationHeaderValue? known;
        lock (_lock)
            known = _authorization;
        try
        {
            return await ask(known);
        }
        catch (OriginException e) when (e.Fault == OriginFault.Denied)
        {
            if (await FreshAsync(address, ct) is not { } fresh)
                throw;
            lock (_lock)
                _authorization = fresh;
            return await ask(fresh);
        }
    }

    private async Task<AuthenticationHeaderValue?> FreshAsync(Uri address, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(new WebQuestion(address), ct);
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
            return null;
        if (answer.Headers.WwwAuthenticate.Any(h => h.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)))
            return _password;
        if (answer.Headers.WwwAuthenticate.FirstOrDefault(h => h.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is not { Parameter: { } parameter })
            return null;
        var challenge = TokenChallenge.Parse(parameter);
        if (challenge?.Realm is not { } realm || (address.Scheme == "https" && realm.Scheme != "https"))
            throw HttpFaults.Refused($"{GuardedHttp.Shown(address)} names no place for tokens that can be used");
        // The password goes where the registry says: that is how registries work, and only over https unless the registry itself is not.
        var (body, _) = await _files.DocumentAsync(new WebQuestion(challenge.Question($"repository:{_artifact.Repository}:pull"), _password, LedBy: address), ct);
        return TokenChallenge.Token(body) is { } token ? new AuthenticationHeaderValue("Bearer", token) : throw HttpFaults.Refused($"{GuardedHttp.Shown(realm)} gave no token");
    }
}
