namespace Orrery.Storage.Origins;

/// <summary>How to get at an origin: what the storage section says besides the address, and the values of the Secret that it names.</summary>
/// <param name="Parameters">As written: <c>endpoint</c>, <c>region</c>, <c>pathStyle</c>, <c>secretKey</c>, <c>sha256</c>.</param>
/// <param name="Secret">Decoded; empty: no credentials.</param>
/// <param name="HubEndpoint">Of <c>hf://</c> where the parameters name none.</param>
public sealed record OriginAccess(IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Secret, Uri HubEndpoint)
{
    public static IReadOnlySet<string> KnownParameters { get; } = new HashSet<string> { "endpoint", "region", "pathStyle", "secretKey", "sha256" };

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The bearer token: the value <c>token</c> of the Secret, or the one that <c>parameters.secretKey</c> names.</summary>
    /// <exception cref="OriginException">It has characters that no header may have.</exception>
    public string? Token
    {
        get
        {
            string name = Parameter("secretKey") ?? "token";
            return Value(name) is not { } token || token.All(c => c is > ' ' and < '\x7f')
                ? Value(name)
                : throw new OriginException(OriginFault.Denied, $"the value '{name}' of the Secret is no token: it has blanks, line ends or other characters inside; write it anew");
        }
    }

    /// <summary>One value of the Secret, without the line end that files tend to have.</summary>
    public string? Value(string name) => Secret.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary><c>parameters.endpoint</c>; null: not set.</summary>
    /// <exception cref="OriginException">It is no http address.</exception>
    public Uri? Endpoint
    {
        get
        {
            if (Parameter("endpoint") is not { } text)
                return null;
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
                ? uri
                : throw new OriginException(OriginFault.Refused, $"spec.storage.parameters.endpoint: '{text}' must be an address such as https://s3.example.com");
        }
    }

    /// <summary>What cannot be meant, each starting with the field's path.</summary>
    public IEnumerable<string> Problems()
        => Parameters.Keys.Where(name => !KnownParameters.Contains(name)).Order(StringComparer.Ordinal)
            .Select(name => $"spec.storage.parameters.{name}: is not known; known are {string.Join(", ", KnownParameters.Order(StringComparer.Ordinal))}");
}
