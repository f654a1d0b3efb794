using System.Buffers;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Downloads;

/// <summary>Digests of files that lie here.</summary>
internal static class FileDigests
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Reads the file once.</summary>
    /// <returns>Its SHA-256, and what is wrong with it; null: it is what the listing says.</returns>
    public static async Task<(string Sha256, string? Problem)> CheckAsync(string path, ListedFile listed, CancellationToken ct)
    {
        using var sha256 = ContentDigest.Start(DigestAlgorithm.Sha256, listed.Bytes);
        using var other = listed.Digest is { Algorithm: not DigestAlgorithm.Sha256 } digest ? ContentDigest.Start(digest.Algorithm, listed.Bytes) : null;
        long bytes = await ReadAsync(
            path,
            piece =>
            {
                sha256.AppendData(piece);
                other?.AppendData(piece);
            },
            ct);
        string hex = Convert.ToHexStringLower(sha256.GetHashAndReset());
        if (bytes != listed.Bytes)
            return (hex, $"'{listed.Path}' has {bytes} bytes instead of {listed.Bytes}");
        string found = other is null ? hex : Convert.ToHexStringLower(other.GetHashAndReset());
        return (hex, listed.Digest is null || listed.Digest.Hex == found ? null : $"'{listed.Path}' has the digest {listed.Digest with { Hex = found }} instead of {listed.Digest}");
    }

    public static async Task<string> Sha256Async(string path, CancellationToken ct)
    {
        using var sha256 = ContentDigest.Start(DigestAlgorithm.Sha256, 0);
        await ReadAsync(path, sha256.AppendData, ct);
        return Convert.ToHexStringLower(sha256.GetHashAndReset());
    }

    private static async Task<long> ReadAsync(string path, Action<ReadOnlySpan<byte>> take, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            long at = 0;
            while (await RandomAccess.ReadAsync(file, buffer.AsMemory(), at, ct) is > 0 and var read)
            {
                take(buffer.AsSpan(0, read));
                at += read;
            }
            return at;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
