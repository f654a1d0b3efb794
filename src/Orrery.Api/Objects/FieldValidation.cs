using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Resources;
using Orrery.Resources.Validation;

namespace Orrery.Api.Objects;

/// <summary>What happens to fields that nobody knows, by the query's <c>fieldValidation</c>: refused, warned of (the default) or kept in silence.</summary>
internal static class FieldValidation
{
    private const int MaxWarnings = 20;
    private const int MaxWarningLength = 200;

    /// <returns>A refusal, or null after adding the warnings to the response.</returns>
    public static Refusal? Check(HttpContext http, JsonObject json, ResourceKind kind)
    {
        string mode = http.Request.Query["fieldValidation"].FirstOrDefault() is { Length: > 0 } asked ? asked : "Warn";
        if (mode is not ("Strict" or "Warn" or "Ignore"))
            return Refusal.BadRequest($"fieldValidation: '{mode}' must be Strict, Warn or Ignore");
        if (mode == "Ignore" || UnknownFields.In(json, kind) is not { Count: > 0 } unknown)
            return null;
        if (mode == "Strict")
        {
            return Refusal.BadRequest(
                $"{kind.Name} in version \"{kind.Version}\" cannot be handled as a {kind.Name}: strict decoding error: "
                + string.Join(", ", unknown.Take(MaxWarnings).Select(f => $"unknown field \"{f}\"")));
        }
        foreach (string field in unknown.Take(MaxWarnings))
            http.Response.Headers.Append("Warning", $"299 - \"unknown field \\\"{HeaderSafe(field)}\\\"\"");
        return null;
    }

    // A header holds printable ASCII; quotes and backslashes would end the quoted text.
    private static string HeaderSafe(string field)
    {
        var safe = new StringBuilder();
        foreach (char c in field.AsSpan(0, Math.Min(field.Length, MaxWarningLength)))
            safe.Append(c is >= ' ' and < '\x7f' and not ('"' or '\\') ? c : '?');
        return safe.ToString();
    }
}
