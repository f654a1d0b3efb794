using System.Collections.Frozen;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Routing;
using Orrery.Gateway.Requests;

namespace Orrery.Gateway.Relaying;

/// <summary>Which headers pass. Those of one connection never do (RFC 9110, 7.6.1), nor what is only between client and gateway.</summary>
internal static class RelayedHeaders
{
    public const string RequestId = "x-request-id";

    /// <summary>Through how many gateways a request came that was sent on to a server elsewhere: one may lead to the next, and the last to the first.</summary>
    public const string Hops = "x-orrery-hops";

    public const int MaxHops = 4;

    private static readonly string[] OfConnection =
    [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    // Accept-Encoding: an error event is written into streams, which must therefore not be compressed.
    private static readonly FrozenSet<string> NotAsked = OfConnection
        .Concat(["Host", "Authorization", ApiKey.Header, "Cookie", "Expect", "Content-Length", "Content-Type", "Accept-Encoding", RequestId, Hops])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotAnswered = OfConnection
        .Concat(["Server", "Date", "Set-Cookie", RequestId])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // What else carries the caller's keys and accounts: they are not for a stranger, and would contradict the key that it gets.
    private static readonly string[] NotElsewhere = ["api-key", "OpenAI-Organization", "OpenAI-Project"];

    public static int HopsOf(HttpRequest request)
        => int.TryParse(request.Headers[Hops].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int hops) ? hops : 0;

    /// <summary>What a server elsewhere gets otherwise than a replica: its own key, nothing of the caller's.</summary>
    public static void ForElsewhere(HttpRequest from, HttpRequestHeaders to, ExternalAccess access)
    {
        foreach (string name in NotElsewhere)
            to.Remove(name);
        to.Authorization = access.Key?.Header;
        to.TryAddWithoutValidation(Hops, (HopsOf(from) + 1).ToString(CultureInfo.InvariantCulture));
    }

    public static void Copy(HttpRequest from, HttpRequestHeaders to)
    {
        var named = Named(from.Headers.Connection);
        foreach (var (name, values) in from.Headers)
        {
            if (!NotAsked.Contains(name) && !named.Contains(name))
                to.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    public static void Copy(HttpResponseMessage from, HttpResponse to)
    {
        var named = from.Headers.Connection.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (NotAnswered.Contains(name) || named.Contains(name))
                continue;
            foreach (string value in values)
            {
                // The server refuses to send others, and one odd header is no reason to lose the answer.
                if (Ascii.IsValid(value))
                    to.Headers.Append(name, value);
            }
        }
    }

    /// <summary>A Connection header may name further headers that end here.</summary>
    private static HashSet<string> Named(IEnumerable<string?> connection)
        => connection.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
