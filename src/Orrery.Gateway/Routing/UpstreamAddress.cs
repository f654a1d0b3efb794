using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Routing;

/// <summary>Where a replica answers.</summary>
internal abstract record UpstreamAddress
{
    /// <summary>Scheme and authority. Connections are pooled by it, so it is different for each address.</summary>
    public abstract Uri Root { get; }

    public abstract EndPoint EndPoint { get; }

    /// <param name="path">Of the gateway's, beginning with <c>/v1</c>.</param>
    /// <param name="query">With its question mark, or empty.</param>
    public virtual Uri UriFor(string path, string query) => new(Root, $"{path}{query}");

    public sealed record UnixSocket(string Path) : UpstreamAddress
    {
        // A path is no host name; its hash is one.
        public override Uri Root { get; } = new($"http://{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)).AsSpan(0, 16))}.sock/");

        public override EndPoint EndPoint => new UnixDomainSocketEndPoint(Path);

        public override string ToString() => $"unix:{Path}";
    }

    public sealed record Tcp(IPAddress Address, int Port) : UpstreamAddress
    {
        public override Uri Root { get; } = new($"http://{new IPEndPoint(Address, Port)}/");

        public override EndPoint EndPoint => new IPEndPoint(Address, Port);

        public override string ToString() => $"{Address}:{Port}";
    }

    /// <summary>A server that runs elsewhere, by name.</summary>
    /// <param name="Base">http or https; its path stands for the gateway's <c>/v1</c>.</param>
    public sealed record External(Uri Base) : UpstreamAddress
    {
        private const string OwnBase = "/v1";

        public override Uri Root { get; } = new(Base.GetLeftPart(UriPartial.Authority));

        public override EndPoint EndPoint => new DnsEndPoint(Base.IdnHost, Base.Port);

        public override Uri UriFor(string path, string query) => new(Root, $"{Base.AbsolutePath.TrimEnd('/')}{path[OwnBase.Length..]}{query}");

        public override string ToString() => Base.AbsoluteUri;
    }

    /// <summary>The ready addresses of a slice. What cannot be used (another address type, no port, no address) is left out.</summary>
    public static IEnumerable<UpstreamAddress> ReadyIn(EndpointSlice slice)
    {
        int? port = slice.Ports is [var first, ..] ? first.Port : null;
        foreach (var endpoint in slice.Endpoints ?? [])
        {
            if (endpoint.Conditions?.Ready == false || endpoint.Addresses is not [{ Length: > 0 } address, ..])
                continue;
            if (slice.AddressType == EndpointSlice.Unix)
                yield return new UnixSocket(address);
            else if (slice.AddressType == EndpointSlice.IPv4 && port is { } number && IPAddress.TryParse(address, out var ip))
                yield return new Tcp(ip, number);
        }
    }
}
