using System.Security.Cryptography;

namespace Orrery.Storage.Origins;

/// <summary>How a digest is made of a file's bytes.</summary>
public enum DigestAlgorithm
{
    Sha256,

    /// <summary>Git's name of a file: SHA-1 over <c>blob SIZE\0</c> and the bytes.</summary>
    GitBlob,

    Md5,
}

/// <summary>What a file must be, as its origin says.</summary>
/// <param name="Hex">Lower case.</param>
public sealed record ContentDigest(DigestAlgorithm Algorithm, string Hex)
{
    /// <summary>As in <c>sha256:1f…</c>.</summary>
    public override string ToString() => $"{Name}:{Hex}";

    private string Name => Algorithm switch
    {
        DigestAlgorithm.Sha256 => "sha256",
        DigestAlgorithm.GitBlob => "git",
        _ => "md5",
    };

    /// <summary>Null: not a digest of a known algorithm, as long as it must be.</summary>
    public static ContentDigest? Find(DigestAlgorithm algorithm, string? hex)
    {
        int length = algorithm switch { DigestAlgorithm.Sha256 => 64, DigestAlgorithm.GitBlob => 40, _ => 32 };
        return hex?.Length == length && hex.All(char.IsAsciiHexDigit) ? new ContentDigest(algorithm, hex.ToLowerInvariant()) : null;
    }

    /// <summary>A running sum, with what the algorithm puts in front already in it.</summary>
    /// <param name="size">Bytes that will come.</param>
    public static IncrementalHash Start(DigestAlgorithm algorithm, long size)
    {
        // Git's and S3's digests are what those origins state; they guard against damage, and TLS against people.
#pragma warning disable CA5350, CA5351
        var hash = IncrementalHash.CreateHash(algorithm switch
        {
            DigestAlgorithm.Sha256 => HashAlgorithmName.SHA256,
            DigestAlgorithm.GitBlob => HashAlgorithmName.SHA1,
            _ => HashAlgorithmName.MD5,
        });
#pragma warning restore CA5350, CA5351
        if (algorithm == DigestAlgorithm.GitBlob)
            hash.AppendData(System.Text.Encoding.ASCII.GetBytes($"blob {size}\0"));
        return hash;
    }
}
