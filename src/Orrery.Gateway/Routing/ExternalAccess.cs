using System.Net.Http.Headers;
using System.Text;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Routing;

/// <summary>How requests to a server that runs elsewhere are changed.</summary>
/// <param name="Model">What it calls the model.</param>
/// <param name="Key">Null: it asks for none.</param>
internal sealed record ExternalAccess(string Model, ExternalKey? Key);

/// <summary>A key of a server that runs elsewhere. Shows itself only in the header of a request.</summary>
internal sealed record ExternalKey
{
    private readonly string _value;

    private ExternalKey(string value) => _value = value;

    public AuthenticationHeaderValue Header => new("Bearer", _value);

    // A record would not print a private field either; this says that it must stay so.
    public override string ToString() => "(key)";

    /// <summary>The key that a service names.</summary>
    /// <param name="secret">The Secret of that name; null: there is none.</param>
    /// <param name="problem">Why there is no key although there must be one, without anything of the Secret's values; else null.</param>
    public static ExternalKey? Read(SecretKeyReference? reference, Secret? secret, out string? problem)
    {
        problem = null;
        if (reference is null)
            return null;
        string named = $"spec.external.apiKey names the value '{reference.Key}' of Secret '{reference.Name}'";
        if (secret?.Data?.GetValueOrDefault(reference.Key ?? "") is not { } encoded)
        {
            problem = reference.Optional == true ? null : $"{named}, which is not there. Create it.";
            return null;
        }

        // A line's end is what 'echo' and editors leave behind a key, and belongs to none.
        byte[] bytes = new byte[encoded.Length];
        string value = Convert.TryFromBase64String(encoded, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length).Trim() : "";
        if (value.Length > 0 && value.All(c => c is > ' ' and <= '~'))
            return new ExternalKey(value);
        problem = $"{named}, which is no key: it must be letters, digits and signs in ASCII, without spaces.";
        return null;
    }
}
