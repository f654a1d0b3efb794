using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orrery.Storage.Registries;

/// <summary>What a registry says of where tokens are to be had. Pure.</summary>
internal sealed partial record TokenChallenge(Uri Realm, string? Service, string? Scope)
{
    /// <param name="parameter">As in <c>realm="https://auth.example/token",service="example"</c>.</param>
    /// <returns>Null: names no address.</returns>
    public static TokenChallenge? Parse(string parameter)
    {
        var values = Pair().Matches(parameter).GroupBy(m => m.Groups[1].Value.ToLowerInvariant()).ToDictionary(g => g.Key, g => g.First().Groups[2].Value);
        return Uri.TryCreate(values.GetValueOrDefault("realm"), UriKind.Absolute, out var realm) && realm.Scheme is "http" or "https" && realm.UserInfo.Length == 0
            ? new TokenChallenge(realm, values.GetValueOrDefault("service"), values.GetValueOrDefault("scope"))
            : null;
    }

    /// <param name="scope">Where the challenge names none.</param>
    public Uri Question(string scope)
    {
        string query = $"{(Service is null ? "" : $"service={Uri.EscapeDataString(Service)}&")}scope={Uri.EscapeDataString(Scope ?? scope)}";
        return new UriBuilder(Realm) { Query = Realm.Query.Length > 1 ? $"{Realm.Query[1..]}&{query}" : query }.Uri;
    }

    /// <summary>Of the answer; null: it holds none.</summary>
    public static string? Token(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            foreach (string name in (ReadOnlySpan<string>)["token", "access_token"])
            {
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
                    && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } token && token.All(c => c is > ' ' and < '\x7f'))
                    return token;
            }
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("([A-Za-z]+)=\"([^\"]*)\"")]
    private static partial Regex Pair();
}
