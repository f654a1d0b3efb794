using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Text;
using Orrery.Resources;

namespace Orrery.Api.Objects;

/// <summary>What happens to fields that nobody knows, by the query's <c>fieldValidation</c>: refused, warned of (the default) or kept in silence.</summary>
internal static class FieldValidation
{
    public const string Strict = "Strict";
    public const string Warn = "Warn";
    public const string Ignore = "Ignore";

    private const int MaxWarnings = 20;
    private const int MaxWarningLength = 200;

    /// <returns>One of the three, or a refusal.</returns>
    public static (string Mode, Refusal? Refusal) Of(HttpRequest request)
    {
        string mode = request.Query["fieldValidation"].FirstOrDefault() is { Length: > 0 } asked ? asked : Warn;
        return mode is Strict or Warn or Ignore ? (mode, null) : ("", Refusal.BadRequest($"fieldValidation: '{Excerpt.Of(mode)}' must be Strict, Warn or Ignore"));
    }

    /// <returns>A refusal, or null after adding the warnings to the response.</returns>
    public static Refusal? Check(HttpContext http, string mode, IReadOnlyList<string> unknown, ResourceKind kind)
    {
        if (mode == Ignore || unknown.Count == 0)
            return null;
        if (mode == Strict)
            return Refusal.BadRequest($"{kind.Name} in version \"{kind.Version}\" cannot be handled as a {kind.Name}: strict decoding error: {Told(unknown)}");
        foreach (string field in unknown.Take(MaxWarnings))
            http.Response.Headers.Append("Warning", $"299 - \"unknown field \\\"{HeaderSafe(field)}\\\"\"");
        return null;
    }

    public static string Told(IReadOnlyList<string> unknown) => string.Join(", ", unknown.Take(MaxWarnings).Select(f => $"unknown field \"{f}\""));

    // A header holds printable ASCII; quotes and backslashes would end the quoted text.
    private static string HeaderSafe(string field)
    {
        var safe = new StringBuilder();
        foreach (char c in field.AsSpan(0, Math.Min(field.Length, MaxWarningLength)))
            safe.Append(c is >= ' ' and < '\x7f' and not ('"' or '\\') ? c : '?');
        return safe.ToString();
    }
}
