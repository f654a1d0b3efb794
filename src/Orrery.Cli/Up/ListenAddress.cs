using System.Globalization;
using Orrery.Cli.Client;

namespace Orrery.Cli.Up;

/// <summary>What people write after <c>--listen</c> and <c>--listen-api</c>, a scheme, a host and a port and nothing else, and where one connects then.</summary>
internal static class ListenAddress
{
    /// <param name="scheme"><c>http</c> or <c>https</c>: the one that the option wants.</param>
    /// <exception cref="CliException">Names the option, the value and what is missing or too much.</exception>
    public static Uri Parse(string option, string scheme, string text)
    {
        string example = $"{scheme}://127.0.0.1:8081";
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            throw new CliException(IsAddress($"{scheme}://{text}")
                ? $"{option}: '{text}' must start with {scheme}://, as in {scheme}://{text}"
                : $"{option}: '{text}' is no address such as {example}");
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new CliException($"{option}: '{text}' is no address such as {example}");
        if (uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
            throw new CliException($"{option}: '{text}' must be scheme, host and port alone, as in {example}: the paths under it are fixed");
        // A port that is left out is 80 or 443 to a Uri, which nobody means here.
        if (!text.TrimEnd('/').EndsWith(string.Create(CultureInfo.InvariantCulture, $":{uri.Port}"), StringComparison.Ordinal))
            throw new CliException($"{option}: '{text}' needs a port, as in {text.TrimEnd('/', ':')}:8081; 0 takes a free one");
        return uri;
    }

    /// <summary>Scheme, host and port where clients on this machine connect: "all addresses" is nowhere to connect to.</summary>
    public static string ToConnect(Uri listened)
        => (listened.Host is "0.0.0.0" or "[::]" ? new UriBuilder(listened) { Host = "127.0.0.1" }.Uri : listened).GetLeftPart(UriPartial.Authority);

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && UpOptions.Address(uri) is not null;
}
