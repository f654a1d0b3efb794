using Amazon.S3;
using Amazon.S3.Model;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Buckets;

/// <summary>What an object must be, where its head says so. Pure.</summary>
internal static class BucketDigest
{
    public static ContentDigest? Of(GetObjectMetadataResponse head)
    {
        // Of an upload in parts, the sum is over the parts' sums.
        if (head.ChecksumSHA256 is { } sum && !sum.Contains('-', StringComparison.Ordinal) && head.ChecksumType != ChecksumType.COMPOSITE && Hex(sum) is { } hex)
            return ContentDigest.Find(DigestAlgorithm.Sha256, hex);
        // The tag is the MD5 of the bytes only for an upload in one piece that no key of a key service encrypts.
        bool isPlain = head.ServerSideEncryptionMethod?.Value is null or "" or "None" or "AES256"
            && head.ServerSideEncryptionCustomerMethod?.Value is null or "" or "None";
        return isPlain ? ContentDigest.Find(DigestAlgorithm.Md5, head.ETag?.Trim('"')) : null;
    }

    /// <summary>From base64; null: it is none.</summary>
    internal static string? Hex(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int count) ? Convert.ToHexStringLower(bytes.AsSpan(0, count)) : null;
    }
}
