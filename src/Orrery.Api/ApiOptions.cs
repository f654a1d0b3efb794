using System.Net;

namespace Orrery.Api;

/// <summary>Section <c>api</c>. Read once at start; a change needs a restart.</summary>
public sealed record ApiOptions
{
    /// <summary>Where the API listens: <c>https</c>, an IP address or <c>localhost</c>. Port 0: a free one.</summary>
    public Uri Listen { get; init; } = new("https://127.0.0.1:8443");

    /// <summary>True: when the port is taken, a free one is used. Meant for a port that nobody asked for. Default false.</summary>
    public bool FreePortIfTaken { get; init; }

    /// <summary>Largest request body, in bytes. Larger ones get 413. Default 3 MiB, as Kubernetes has it.</summary>
    public int MaxBodyBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>Connections at once; each watch over HTTP/1.1 holds one. Default 1000.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Longest life of one watch, whatever the client asks for; clients resume. Default one hour.</summary>
    public TimeSpan MaxWatch { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between bookmarks of a watch that allows them. Default one minute.</summary>
    public TimeSpan BookmarkPeriod { get; init; } = TimeSpan.FromMinutes(1);

    public IEnumerable<string> Problems()
    {
        if (!Listen.IsAbsoluteUri || Listen.Scheme != Uri.UriSchemeHttps)
            yield return $"api.listen: '{Listen}' must start with https://; keys never travel in the clear";
        else if (AddressOf(Listen) is null)
            yield return $"api.listen: '{Listen.Host}' must be an IP address or localhost";
        if (MaxBodyBytes < 1024)
            yield return $"api.maxBodyBytes: {MaxBodyBytes} must be at least 1024";
        if (MaxConnections < 1)
            yield return $"api.maxConnections: {MaxConnections} must be 1 or more";
        if (MaxWatch < TimeSpan.FromSeconds(1) || MaxWatch > TimeSpan.FromDays(1))
            yield return $"api.maxWatch: {MaxWatch} must be between 1 second and 1 day";
        if (BookmarkPeriod <= TimeSpan.Zero || BookmarkPeriod > TimeSpan.FromDays(1))
            yield return $"api.bookmarkPeriod: {BookmarkPeriod} must be above zero and at most 1 day";
    }

    internal static IPAddress? AddressOf(Uri listen)
        => listen.Host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address) ? address : null;
}
