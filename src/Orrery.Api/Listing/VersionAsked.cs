using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Text;

namespace Orrery.Api.Listing;

/// <summary>Which state a read wants, by <c>resourceVersion</c> and <c>resourceVersionMatch</c>.</summary>
internal abstract record VersionAsked
{
    /// <summary>What is there now, which is what every read gives that does not need another state.</summary>
    public sealed record Any : VersionAsked;

    public sealed record NotOlderThan(long Version) : VersionAsked;

    public sealed record Exactly(long Version) : VersionAsked;

    /// <param name="limited">With a limit and no match, a list asks for exactly that version, as it always did in Kubernetes.</param>
    public static (VersionAsked? Asked, Refusal? Refusal) Of(HttpRequest request, bool limited)
    {
        string text = request.Query["resourceVersion"].FirstOrDefault() ?? "";
        string match = request.Query["resourceVersionMatch"].FirstOrDefault() ?? "";
        if (match is not ("" or "Exact" or "NotOlderThan"))
            return (null, ListRefusals.Invalid($"resourceVersionMatch: Unsupported value: \"{Excerpt.Of(match)}\": supported values: \"Exact\", \"NotOlderThan\""));
        if (match.Length > 0 && text.Length == 0)
            return (null, ListRefusals.Invalid("resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"));
        if (match == "Exact" && text == "0")
            return (null, ListRefusals.Invalid("resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        if (text is "" or "0")
            return (new Any(), null);
        if (Parse(text) is not { } version)
            return (null, ListRefusals.NoVersion(text));
        return (match == "Exact" || (match.Length == 0 && limited) ? new Exactly(version) : new NotOlderThan(version), null);
    }

    /// <returns>Null for what no store gives.</returns>
    public static long? Parse(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : null;
}
