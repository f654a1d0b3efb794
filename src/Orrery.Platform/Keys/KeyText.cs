using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Platform.Keys;

/// <summary>
/// How a key looks: <c>orr-</c>, 12 hex digits that find its record, <c>-</c>, 256 random bits in base64url.
/// With that much randomness one salted SHA-256 is enough; a slow hash would only slow every request.
/// </summary>
internal static class KeyText
{
    private const string Prefix = "orr-";
    private const int IdLength = 12;
    private const int SecretBytes = 32;

    public static string New()
        => $"{Prefix}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2))}-{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>The part that may be stored and shown. Null: not a key of ours.</summary>
    public static string? IdOf(string key)
        => key.Length is > 16 and < 128 && key.StartsWith(Prefix, StringComparison.Ordinal) && key[Prefix.Length + IdLength] == '-'
            ? key.Substring(Prefix.Length, IdLength)
            : null;

    public static byte[] Hash(ReadOnlySpan<byte> salt, string key) => SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(key)]);
}
