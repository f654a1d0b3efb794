using Orrery.ModelAgent.Downloads;
using Orrery.ModelAgent.Library;
using Orrery.Resources;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Arrivals;

/// <summary>What all arrivals of an agent share.</summary>
internal sealed record ArrivalParts
{
    public required ModelLibrary Library { get; init; }

    public required DiskSpace Space { get; init; }

    public required OriginOpener Opener { get; init; }

    public required Uri HubEndpoint { get; init; }

    /// <summary>Decoded values of a Secret; null: there is none of that namespace and name.</summary>
    public required Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, string>?>> Secrets { get; init; }

    /// <summary>Places for models that are fetched at once.</summary>
    public required PriorityGate Downloads { get; init; }

    public required FetchLimits Limits { get; init; }

    public required FileFetch Fetch { get; init; }

    /// <summary>By identity of a file: fetched once, however many want it.</summary>
    public KeyedLock Contents { get; } = new();

    /// <summary>Whether a version may be removed to make room.</summary>
    public required Func<VersionRecord, bool> MayGo { get; init; }

    /// <summary>Tells that a model stands differently than before.</summary>
    public required Action<ResourceKey> Changed { get; init; }

    /// <summary>How often progress alone is told.</summary>
    public required TimeSpan TellEvery { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    /// <summary>SHA-256 of a blob that has the digest; null: there is none. MD5 is too weak to take one file for another by it.</summary>
    public string? ContentOf(ContentDigest digest, long bytes) => digest.Algorithm switch
    {
        DigestAlgorithm.Sha256 => Library.Has(digest.Hex, bytes) ? digest.Hex : null,
        DigestAlgorithm.GitBlob => Library.Versions.SelectMany(v => v.Files).FirstOrDefault(f => f.Bytes == bytes && f.Mark == digest.ToString() && Library.Has(f.Sha256, bytes))?.Sha256,
        _ => null,
    };

    /// <summary>What an arrival of a model that is gone has begun goes too.</summary>
    /// <param name="isWanted">Whether another one has begun the same file, by its identity.</param>
    public async Task DiscardAsync(Arrival gone, Func<string, bool> isWanted, CancellationToken ct)
    {
        foreach (string identity in gone.Identities)
        {
            using var turn = await Contents.EnterAsync(identity, ct);
            if (!isWanted(identity))
                PartialFile.Delete(Library.PartialStem(identity));
        }
        Library.DropUnused([.. gone.Contents]);
    }
}
