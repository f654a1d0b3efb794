using System.Security.Cryptography;
using System.Text;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Downloads;

/// <summary>What of a model is here already, in whole or in part, and what has to come. Pure but for the two questions that it is given.</summary>
internal sealed record DownloadPlan(IReadOnlyList<PlannedFile> Files)
{
    public long TotalBytes => Files.Sum(f => f.File.Bytes);

    /// <summary>Bytes that have to be fetched and written.</summary>
    public long BytesToFetch => Files.Where(f => f.Content is null).DistinctBy(f => f.Identity).Sum(f => f.File.Bytes - f.HeldBytes);

    /// <param name="uri">Of the model.</param>
    /// <param name="content">SHA-256 of a blob with that digest; null: there is none.</param>
    /// <param name="heldBytes">Of a partial file, by its identity.</param>
    public static DownloadPlan For(
        string uri, string? revision, IReadOnlyList<ListedFile> files, Func<ContentDigest, long, string?> content, Func<string, long, long> heldBytes)
        => new([.. files.Select(file =>
        {
            string identity = IdentityOf(uri, revision, file);
            string? here = file.Digest is { } digest ? content(digest, file.Bytes) : null;
            return new PlannedFile(file, identity, IsMarked(revision, file), here, here is null ? heldBytes(identity, file.Bytes) : 0);
        })]);

    // The same digest is the same file wherever it comes from; without one, only the same state at the same place is.
    private static string IdentityOf(string uri, string? revision, ListedFile file)
    {
        string[] parts = file.Digest is { } digest
            ? [digest.ToString(), $"{file.Bytes}"]
            : [uri, revision ?? "", file.Path, file.ETag ?? "", $"{file.Bytes}"];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))).AsSpan(0, 16));
    }

    private static bool IsMarked(string? revision, ListedFile file) => file.Digest is not null || file.ETag is not null || revision is not null;
}

/// <param name="Identity">Names the partial file: 32 hexadecimal digits.</param>
/// <param name="MayResume">False: nothing tells this file from a later one of its name and length, so it is fetched in one go.</param>
/// <param name="Content">SHA-256 of the blob that it is; null: to be fetched.</param>
/// <param name="HeldBytes">Of it that a partial file has.</param>
internal sealed record PlannedFile(ListedFile File, string Identity, bool MayResume, string? Content, long HeldBytes);
