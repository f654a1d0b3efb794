using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Orrery.Platform.Access;
using Orrery.Wire.Http;

namespace Orrery.Api.Access;

/// <summary>Who a request comes from, by what it shows.</summary>
internal abstract record Identity
{
    public sealed record Known(Caller Caller) : Identity;

    /// <summary>Something was shown and it opens nothing, or nothing was shown.</summary>
    public sealed record Unknown(string Why) : Identity;
}

/// <summary>
/// Keys and client certificates. Whatever is shown must be right: a wrong key is not made up for by a certificate, nor the other way round.
/// Of two that are right the key says who it is, because it came with this request and the certificate with the connection.
/// </summary>
/// <param name="keys">Who holds a key; null for an unknown one.</param>
internal sealed class Authentication(Func<string?, Caller?> keys, ClientCertificates certificates)
{
    private const string Nothing = "send 'Authorization: Bearer KEY' with a key of this server, or a client certificate of its authority";

    public Identity Of(HttpContext http) => Decide(
        http.Connection.ClientCertificate is X509Certificate2 shown ? certificates.Of(shown) : null,
        http.Request.Headers.Authorization.Count > 0 ? OfKey(keys(BearerKey.Of(http.Request))) : null);

    /// <param name="certificate">Null: none was shown.</param>
    /// <param name="key">Null: none was sent.</param>
    public static Identity Decide(Identity? certificate, Identity? key) => (certificate, key) switch
    {
        (null, null) => new Identity.Unknown(Nothing),
        (Identity.Unknown, _) => certificate,
        (_, not null) => key,
        _ => certificate!,
    };

    private static Identity OfKey(Caller? holder)
        => holder is null ? new Identity.Unknown($"the key that was sent is not one of this server; {Nothing}") : new Identity.Known(holder);
}
