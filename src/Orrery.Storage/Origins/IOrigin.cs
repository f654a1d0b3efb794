namespace Orrery.Storage.Origins;

/// <summary>
/// One place that a model's files come from: lists them and gives ranges of their bytes. What goes wrong is an <see cref="OriginException"/>,
/// which says whether trying again can help.
/// </summary>
public interface IOrigin : IDisposable
{
    /// <summary>All files, at most <see cref="Listing.MaxFiles"/>.</summary>
    Task<Listing> ListAsync(CancellationToken ct);

    /// <summary>The file with all that the origin says of it. Where the listing said it already, the same.</summary>
    Task<ListedFile> StatAsync(ListedFile file, CancellationToken ct);

    /// <summary>Gives exactly the range, in pieces, or fails.</summary>
    /// <param name="file">From this origin's listing.</param>
    /// <param name="take">Gets each piece in order; what it got counts even if the rest fails.</param>
    /// <exception cref="OriginException">Also when the file is not the listed one any more.</exception>
    Task ReadAsync(ListedFile file, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct);
}

/// <param name="Offset">First byte.</param>
/// <param name="Count">Bytes, 1 or more; 0 for an empty file, which nobody needs to read.</param>
public readonly record struct ByteRange(long Offset, long Count)
{
    public long End => Offset + Count;
}

/// <summary>What an origin has.</summary>
/// <param name="Revision">Which state this is, in the origin's words: a commit, a manifest's digest. Null: the origin has no such thing.</param>
public sealed record Listing(IReadOnlyList<ListedFile> Files, string? Revision)
{
    public const int MaxFiles = 20_000;

    /// <summary>Of an origin's own list: one that always names a further page would otherwise be asked without end.</summary>
    public const int MaxPages = 200;
}

/// <param name="Path">Below the model, with slashes. As the origin gave it: not to be trusted.</param>
/// <param name="Bytes">As the origin states.</param>
/// <param name="Digest">Null: the origin states none.</param>
/// <param name="ETag">For asking for the same state again; null: none.</param>
/// <param name="Key">What the origin itself calls the file, where that is not the path.</param>
public sealed record ListedFile(string Path, long Bytes, ContentDigest? Digest = null, string? ETag = null, string? Key = null);
