using System.Net;

namespace Orrery.Cli.Up;

/// <summary>What <c>orrery up</c> was asked for.</summary>
/// <param name="Home">Absolute.</param>
/// <param name="Listen">Plain http, <c>/v1</c> only.</param>
/// <param name="ListenApi">https, the resource API. Null: the default, or a free port when that is taken.</param>
/// <param name="Model">A GGUF file to serve instead of the one that comes along. Null: that one.</param>
internal sealed record UpOptions(string Home, Uri Listen, Uri? ListenApi, string? Model)
{
    public static Uri DefaultListen { get; } = new("http://127.0.0.1:8080");

    public static Uri DefaultListenApi { get; } = new("https://127.0.0.1:8443");

    public IEnumerable<string> Problems()
    {
        if (Listen.Scheme != Uri.UriSchemeHttp)
            yield return $"--listen: '{Listen}' must start with http://";
        else if (Address(Listen) is null)
            yield return $"--listen: '{Listen.Host}' must be an IP address or localhost";
        if (ListenApi is { } api && api.Scheme != Uri.UriSchemeHttps)
            yield return $"--listen-api: '{api}' must start with https://; keys never travel in the clear";
        else if (ListenApi is not null && Address(ListenApi) is null)
            yield return $"--listen-api: '{ListenApi.Host}' must be an IP address or localhost";
    }

    /// <summary>Null: neither an address nor localhost.</summary>
    public static IPAddress? Address(Uri listen)
        => listen.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address) ? address : null;
}
