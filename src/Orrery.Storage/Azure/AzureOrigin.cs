using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using Orrery.Storage.Addresses;
using Orrery.Storage.Buckets;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Azure;

/// <summary>
/// Blobs below a prefix of an Azure container, by the Blob service's HTTP API: public ones, with a bearer token (<c>token</c>), or with a
/// shared access signature (<c>AZURE_STORAGE_SAS_TOKEN</c>), which by its nature travels in the address and is shown nowhere.
/// </summary>
internal sealed class AzureOrigin : IOrigin
{
    private readonly ModelUri.AzurePrefix _at;
    private readonly Uri _container;
    private readonly string _signature;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly WebFiles _files;

    public AzureOrigin(ModelUri.AzurePrefix at, OriginAccess access, GuardedHttp http, TimeProvider time)
    {
        _at = at;
        var root = access.Endpoint ?? new Uri($"https://{at.Account}.blob.core.windows.net");
        _container = new Uri($"{root.ToString().TrimEnd('/')}/{at.Container}");
        _signature = access.Value("AZURE_STORAGE_SAS_TOKEN")?.TrimStart('?') ?? "";
        _authorization = access.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        _files = new WebFiles(http, time, "make a Secret with AZURE_STORAGE_SAS_TOKEN or token and name it in spec.storage.key", version: "2021-08-06");
    }

    public async Task<Listing> ListAsync(CancellationToken ct)
    {
        var found = new List<(string, long, string?)>();
        var digests = new Dictionary<string, ContentDigest?>();
        string marker = "";
        int pages = 0;
        do
        {
            string query = $"restype=container&comp=list&prefix={Uri.EscapeDataString(_at.Prefix)}{(marker.Length > 0 ? $"&marker={Uri.EscapeDataString(marker)}" : "")}";
            var (body, _) = await _files.DocumentAsync(new WebQuestion(Signed(_container, query), _authorization), ct);
            var page = Parse(body);
            foreach (var blob in page.Descendants("Blob"))
            {
                string name = (string?)blob.Element("Name") ?? throw NoSense();
                var properties = blob.Element("Properties") ?? throw NoSense();
                if (!long.TryParse((string?)properties.Element("Content-Length"), out long bytes) || bytes < 0)
                    throw NoSense();
                found.Add((name, bytes, Quoted((string?)properties.Element("Etag"))));
                digests[name] = (string?)properties.Element("Content-MD5") is { Length: > 0 } md5 ? ContentDigest.Find(DigestAlgorithm.Md5, BucketDigest.Hex(md5)) : null;
            }
            if (found.Count > Listing.MaxFiles || ++pages > Listing.MaxPages)
                throw new OriginException(OriginFault.Refused, $"{GuardedHttp.Shown(_container)} has more than {Listing.MaxFiles} blobs or {Listing.MaxPages} pages of them below '{_at.Prefix}'; name a longer prefix");
            marker = (string?)page.Root!.Element("NextMarker") ?? "";
        }
        while (marker.Length > 0);

        var files = BucketPaths.Below(_at.Prefix, found);
        if (files.Count == 0)
            throw new OriginException(OriginFault.NotFound, $"{GuardedHttp.Shown(_container)} has no blobs below '{_at.Prefix}': correct the address");
        return new Listing([.. files.Select(f => f with { Digest = digests[f.Key!] })], Revision: null);
    }

    public Task<ListedFile> StatAsync(ListedFile file, CancellationToken ct) => Task.FromResult(file);

    public Task ReadAsync(ListedFile file, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        string path = string.Join('/', file.Key!.Split('/').Select(Uri.EscapeDataString));
        return _files.ReadAsync(Signed(new Uri($"{_container}/{path}"), ""), _authorization, file, range, take, ct);
    }

    public void Dispose()
    {
    }

    // Listings give tags without the quotes that HTTP wants.
    private static string? Quoted(string? tag) => tag is null or "" ? null : tag.StartsWith('"') ? tag : $"\"{tag}\"";

    private Uri Signed(Uri address, string query) => new UriBuilder(address) { Query = string.Join('&', new[] { query, _signature }.Where(p => p.Length > 0)) }.Uri;

    private XDocument Parse(byte[] body)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var document = XDocument.Load(reader);
            return document.Root?.Name == "EnumerationResults" ? document : throw NoSense();
        }
        catch (XmlException)
        {
            throw NoSense();
        }
    }

    private OriginException NoSense() => new(OriginFault.Refused, $"{GuardedHttp.Shown(_container)} gave a list that cannot be read: is it Azure's Blob service?");
}
