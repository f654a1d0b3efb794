using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Orrery.Storage.Http;

/// <summary>One question to a web server.</summary>
/// <param name="Authorization">Sent to the address's own host alone, never to where it redirects.</param>
/// <param name="Headers">Sent wherever it goes: nothing secret.</param>
/// <param name="LedBy">The server that named the address, which is then no more than a redirect. Null: a person did.</param>
public sealed record WebQuestion(Uri Address, AuthenticationHeaderValue? Authorization = null, IReadOnlyList<KeyValuePair<string, string>>? Headers = null, Uri? LedBy = null);

/// <summary>
/// HTTP GET for addresses that people write down and servers then lead on from.
/// <code>
///   question ─▶ host that was named ─302─▶ where it leads ─▶ answer
///                  │ token                    │ no token; http(s) only, https stays https, never nearer to this machine
/// </code>
/// Where a redirect leads is checked on the address that is then connected to, so that no name can say one thing and mean another.
/// </summary>
public sealed class GuardedHttp : IDisposable
{
    private const int MaxRedirects = 10;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(15);

    private readonly Network _network;
    private readonly TimeSpan _answerWithin;
    private readonly HttpClient _direct;
    private readonly ConcurrentDictionary<AddressPlace, HttpClient> _redirected = new();

    /// <param name="answerWithin">Longest wait for the head of an answer. Default 60 s.</param>
    public GuardedHttp(Network? network = null, TimeSpan? answerWithin = null)
    {
        _network = network ?? Network.OfMachine;
        _answerWithin = answerWithin ?? TimeSpan.FromSeconds(60);
        _direct = Client(from: null);
    }

    /// <summary>The answer's head; the body is still to be read.</summary>
    /// <exception cref="Origins.OriginException">No answer, or a redirect that is not followed.</exception>
    public async Task<HttpResponseMessage> GetAsync(WebQuestion question, CancellationToken ct)
    {
        var at = question.Address;
        AddressPlace? from = question.LedBy is { } server ? await PlaceOfAsync(server, ct) : null;
        for (int hop = 0; ; hop++)
        {
            var answer = await SendAsync(from is { } place ? _redirected.GetOrAdd(place, p => Client(p)) : _direct, question, at, ct);
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
                return answer;
            answer.Dispose();
            if (hop == MaxRedirects)
                throw HttpFaults.Refused($"{Shown(question.Address)} redirects more than {MaxRedirects} times");
            var next = location.IsAbsoluteUri ? location : new Uri(at, location);
            if (RedirectProblem(at, next) is { } problem)
                throw HttpFaults.Refused($"{Shown(at)} redirects to {Shown(next)}: {problem}");
            from ??= await PlaceOfAsync(at, ct);
            at = next;
        }
    }

    public void Dispose()
    {
        _direct.Dispose();
        foreach (var client in _redirected.Values)
            client.Dispose();
    }

    /// <summary>Without query, which may hold a signature, and without a password.</summary>
    public static string Shown(Uri uri) => uri.IsAbsoluteUri && uri.Scheme is "http" or "https" ? $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}" : $"{uri.Scheme}: addresses";

    /// <summary>What speaks against following, from the addresses' form alone. Pure.</summary>
    internal static string? RedirectProblem(Uri from, Uri to)
    {
        if (to.Scheme is not ("http" or "https"))
            return "only http and https are followed";
        if (from.Scheme == "https" && to.Scheme == "http")
            return "from https it is not followed into the clear";
        return to.UserInfo.Length > 0 ? "it holds a password" : null;
    }

    private static bool IsRedirect(HttpStatusCode code) => (int)code is 301 or 302 or 303 or 307 or 308;

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, WebQuestion question, Uri at, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, at);
        foreach (var (name, value) in question.Headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value);
        if (IsSameHost(at, question.Address))
            request.Headers.Authorization = question.Authorization;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(_answerWithin);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
        }
        catch (Exception e) when (HttpFaults.Of(e, Shown(at), ct) is { } fault)
        {
            throw fault;
        }
    }

    private static bool IsSameHost(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority.Equals(other.Authority, StringComparison.OrdinalIgnoreCase);

    private async Task<AddressPlace> PlaceOfAsync(Uri uri, CancellationToken ct)
    {
        // Of several the most public one: it gets the least trust.
        var addresses = await AddressesAsync(uri.DnsSafeHost, ct);
        return addresses.Select(AddressPlaces.Of).DefaultIfEmpty(AddressPlace.Public).Min();
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken ct)
        => IPAddress.TryParse(host, out var literal) ? [literal] : await _network.Resolve(host, ct);

    /// <param name="from">Where the first redirect came from; null: the address was named by a person, who may name any.</param>
    private HttpClient Client(AddressPlace? from)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectWithin,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
            ConnectCallback = async (context, ct) => await ConnectAsync(context.DnsEndPoint, from, ct),
        };
        // A proxy would connect on our behalf, to where nobody checked.
        handler.UseProxy = from is null;
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("orrery");
        return client;
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint to, AddressPlace? from, CancellationToken ct)
    {
        Exception? last = null;
        foreach (var address in await AddressesAsync(to.Host, ct))
        {
            if (from is { } place && !AddressPlaces.MayRedirect(place, AddressPlaces.Of(address)))
            {
                throw HttpFaults.Refused(
                    $"a {place.ToString().ToLowerInvariant()} address redirects to '{to.Host}' ({address}), which is {AddressPlaces.Of(address).ToString().ToLowerInvariant()}: not followed");
            }
            try
            {
                return await _network.Connect(new IPEndPoint(address, to.Port), ct);
            }
            catch (System.Net.Sockets.SocketException e)
            {
                last = e;
            }
        }
        throw last ?? new IOException($"the name '{to.Host}' has no address");
    }
}
