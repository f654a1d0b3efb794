using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Orrery.Api.Listing;

/// <summary>Where the next page of a list begins. Opaque to clients, who may send anything: it selects a place in a list, and no rights come with it.</summary>
/// <param name="Version">The list's; null: whatever is there now, because the list's own state is gone.</param>
/// <param name="Namespace">Of the last object given; empty at cluster scope.</param>
/// <param name="Name">Of the last object given.</param>
internal sealed record ContinueToken(string? Version, string Namespace, string Name)
{
    // Two names of 253 letters, a version and the fields around them, in base 64.
    private const int MaxLength = 1024;

    public string Encode() => WebEncoders.Base64UrlEncode(Json.Bytes(new JsonObject
    {
        ["v"] = Version,
        ["ns"] = Namespace,
        ["name"] = Name,
    }));

    /// <returns>Null for what this server never gave.</returns>
    public static ContinueToken? Decode(string text)
    {
        if (text.Length > MaxLength)
            return null;
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text))) is JsonObject { Count: 3 } json
                && json.TryGetPropertyValue("v", out var version)
                && (version is null || Text(version) is not null)
                && Text(json["ns"]) is { } ns
                && Text(json["name"]) is { Length: > 0 } name
                    ? new ContinueToken(Text(version), ns, name)
                    : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException or InvalidOperationException)
        {
            // The last of them: half a surrogate pair is valid JSON and no text.
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node is not null && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
