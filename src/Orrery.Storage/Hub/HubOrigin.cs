using System.Net.Http.Headers;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Hub;

/// <summary>
/// A repository of Hugging Face's hub, by its HTTP API.
/// <code>
///   1  GET api/models/ORG/NAME/revision/REV              the commit that the revision is now
///   2  GET api/models/ORG/NAME/tree/COMMIT?recursive=1   files with size and digest, in pages
///   3  GET ORG/NAME/resolve/COMMIT/PATH                  bytes; large files redirect to another host
/// </code>
/// Everything after the first question is about that one commit, whatever happens to the branch meanwhile.
/// </summary>
internal sealed class HubOrigin : IOrigin
{
    private readonly ModelUri.HubRepository _repository;
    private readonly Uri _endpoint;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly WebFiles _files;
    private string? _commit;

    public HubOrigin(ModelUri.HubRepository repository, OriginAccess access, GuardedHttp http, TimeProvider time)
    {
        _repository = repository;
        _endpoint = new Uri((access.Endpoint ?? access.HubEndpoint).ToString().TrimEnd('/') + "/");
        _authorization = access.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        _files = new WebFiles(http, time, access.Token is null
            ? "it wants a token: make a Secret with the value 'token' and name it in spec.storage.key"
            : "the token in the Secret does not open it", explain: Explained);
    }

    public async Task<Listing> ListAsync(CancellationToken ct)
    {
        var (body, _) = await AskAsync(new Uri(_endpoint, $"api/models/{_repository.Name}/revision/{Uri.EscapeDataString(_repository.Revision)}"), ct);
        _commit = HubJson.Commit(body) ?? throw NoSense("names no commit");
        var files = new List<ListedFile>();
        var page = new Uri(_endpoint, $"api/models/{_repository.Name}/tree/{_commit}?recursive=true");
        for (int pages = 1; ; pages++)
        {
            var (entries, headers) = await AskAsync(page, ct);
            files.AddRange(HubJson.Files(entries) ?? throw NoSense("has a list of files that cannot be read"));
            var next = NextPage(headers, page);
            if (files.Count > Listing.MaxFiles || (next is not null && pages == Listing.MaxPages))
                throw new OriginException(OriginFault.Refused, $"{GuardedHttp.Shown(page)} lists more than {Listing.MaxFiles} files");
            if (next is null)
                return new Listing(files, _commit);
            page = next;
        }
    }

    public Task<ListedFile> StatAsync(ListedFile file, CancellationToken ct) => Task.FromResult(file);

    public Task ReadAsync(ListedFile file, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        string path = string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
        string commit = _commit ?? throw new InvalidOperationException("Files are read after they are listed.");
        return _files.ReadAsync(new Uri(_endpoint, $"{_repository.Name}/resolve/{commit}/{path}"), _authorization, file, range, take, ct);
    }

    public void Dispose()
    {
    }

    private Task<(byte[] Body, HttpResponseHeaders Headers)> AskAsync(Uri address, CancellationToken ct) => _files.DocumentAsync(new WebQuestion(address, _authorization), ct);

    /// <summary>The hub says in a header which of several things a 401, 403 or 404 means. Gated repositories may be listed by all, and refuse their files.</summary>
    private OriginException? Explained(HttpResponseMessage answer)
    {
        string? code = answer.Headers.TryGetValues("X-Error-Code", out var values) ? values.FirstOrDefault() : null;
        string name = $"hf://{_repository.Name}";
        bool hasToken = _authorization is not null;
        return code switch
        {
            "GatedRepo" => new OriginException(OriginFault.Denied, hasToken
                ? $"{name} is gated: accept its terms on {_endpoint}{_repository.Name} with the account of the token"
                : $"{name} is gated: accept its terms on {_endpoint}{_repository.Name}, then put a token of that account into a Secret and name it in spec.storage.key"),
            "RepoNotFound" => new OriginException(OriginFault.NotFound, hasToken
                ? $"{_endpoint.Host} has no {name}, or the token does not show it"
                : $"{_endpoint.Host} has no {name}, or only for those with a token: correct the name, or name a Secret with a token in spec.storage.key"),
            "RevisionNotFound" => new OriginException(OriginFault.NotFound, $"{name} has no revision '{_repository.Revision}'"),
            _ => null,
        };
    }

    private static Uri? NextPage(HttpResponseHeaders headers, Uri page)
    {
        if (!headers.TryGetValues("Link", out var links))
            return null;
        foreach (string link in links.SelectMany(l => l.Split(',')))
        {
            int start = link.IndexOf('<', StringComparison.Ordinal), end = link.IndexOf('>', StringComparison.Ordinal);
            if (start < 0 || end < start || !link[end..].Contains("rel=\"next\"", StringComparison.Ordinal))
                continue;
            if (!Uri.TryCreate(page, link[(start + 1)..end], out var next) || next.Authority != page.Authority || next.Scheme != page.Scheme)
                throw new OriginException(OriginFault.Refused, $"{GuardedHttp.Shown(page)} continues on another host, which is not followed");
            return next;
        }
        return null;
    }

    private OriginException NoSense(string what) => new(OriginFault.Refused, $"{_endpoint} {what} for hf://{_repository.Name}: is it a hub? See spec.storage.parameters.endpoint");
}
