using System.Security.Cryptography;
using System.Text;
using Orrery.Resources.Models;

namespace Orrery.ModelAgent.Library;

/// <summary>
/// Names one version of a model's files. Everything in a spec that decides which files are wanted is in it: when one of them changes, other files
/// are wanted; when it changes back, the earlier ones are, and those may still be here. Pure.
/// </summary>
internal static class VersionKey
{
    /// <summary>12 hexadecimal digits.</summary>
    public static string Of(ModelSpec spec)
    {
        var storage = spec.Storage;
        string[] parts =
        [
            spec.Version ?? "", storage?.StorageUri ?? "", spec.Quantization?.ToUpperInvariant() ?? "",
            .. (storage?.Parameters ?? new Dictionary<string, string>()).Where(p => p.Key != "secretKey").OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => new[] { p.Key, p.Value }),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))).AsSpan(0, 6));
    }
}
