using System.Net;
using System.Net.Http.Headers;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Web;

/// <summary>One file of a web server, with a bearer token (<c>token</c>) or with <c>username</c> and <c>password</c> where the Secret has them.</summary>
internal sealed class WebOrigin : IOrigin
{
    private const string CredentialsHint = "make a Secret with token, or with username and password, and name it in spec.storage.key";

    private readonly Uri _address;
    private readonly GuardedHttp _http;
    private readonly TimeProvider _time;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly ContentDigest? _digest;
    private readonly WebFiles _files;

    /// <exception cref="OriginException"><c>parameters.sha256</c> is no digest.</exception>
    public WebOrigin(ModelUri.WebFile file, OriginAccess access, GuardedHttp http, TimeProvider time)
    {
        _address = file.Address;
        _http = http;
        _time = time;
        _files = new WebFiles(http, time, CredentialsHint);
        _authorization = access.Token is { } token ? new AuthenticationHeaderValue("Bearer", token)
            : access.Value("username") is { } user && access.Value("password") is { } password
                ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")))
                : null;
        if (access.Parameter("sha256") is { } hex)
        {
            _digest = ContentDigest.Find(DigestAlgorithm.Sha256, hex)
                ?? throw new OriginException(OriginFault.Refused, $"spec.storage.parameters.sha256: '{hex}' must be 64 hexadecimal digits");
        }
    }

    /// <summary>One byte tells size and tag; a server without ranges tells them with an answer that is not read.</summary>
    public async Task<Listing> ListAsync(CancellationToken ct)
    {
        string shown = GuardedHttp.Shown(_address);
        using var answer = await _http.GetAsync(new WebQuestion(_address, _authorization, [new("Accept-Encoding", "identity"), new("Range", "bytes=0-0")]), ct);
        if (HttpFaults.Of(answer, shown, CredentialsHint, _time.GetUtcNow()) is { } fault)
            throw fault;
        long? bytes = answer.StatusCode == HttpStatusCode.PartialContent ? answer.Content.Headers.ContentRange?.Length : answer.Content.Headers.ContentLength;
        if (bytes is not { } known)
            throw HttpFaults.Refused($"{shown} does not say how large it is");
        string path = _address.AbsolutePath;
        string name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        string? tag = answer.Headers.ETag is { IsWeak: false } strong ? strong.ToString() : null;
        return new Listing([new ListedFile(name, known, _digest, tag)], Revision: null);
    }

    public Task<ListedFile> StatAsync(ListedFile file, CancellationToken ct) => Task.FromResult(file);

    public Task ReadAsync(ListedFile file, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
        => _files.ReadAsync(_address, _authorization, file, range, take, ct);

    public void Dispose()
    {
    }
}
