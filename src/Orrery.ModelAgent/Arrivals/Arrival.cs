using System.Collections.Concurrent;
using Orrery.Control.Models;
using Orrery.ModelAgent.Downloads;
using Orrery.ModelAgent.Library;
using Orrery.ModelAgent.Selection;
using Orrery.Resources.Models;
using Orrery.Storage.Addresses;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Arrivals;

/// <summary>
/// One version of one model on its way here.
/// <code>
///   1 wait for a place   2 open and list the origin   3 choose files   4 plan: what is here?   5 room on the disk
///   6 fetch, check, keep each file as a blob          7 put the version together and rename it to its place in whole
/// </code>
/// Cancelling it at any moment loses nothing that is complete.
/// </summary>
internal sealed class Arrival(ArrivalParts parts, ModelRequest request, string owner, string key)
{
    private const int FilesAtOnce = 4;
    private const int MaxListings = 3;

    private readonly TransferProgress _progress = new(parts.Time);
    private readonly ConcurrentDictionary<string, bool> _contents = new();
    private readonly ConcurrentDictionary<PlannedFile, bool> _done = new();
    private volatile DownloadPlan? _plan;
    private volatile Ending? _ending;
    private volatile string _trouble = "";
    private volatile string _reason = "Waiting";

    public string Owner { get; } = owner;

    /// <summary>The version that it brings: another one is another arrival.</summary>
    public string Key => key;

    /// <summary>Names of the partial files that it may have begun and is not done with.</summary>
    public IReadOnlyCollection<string> Identities => _plan is { } plan ? [.. plan.Files.Where(f => !_done.ContainsKey(f)).Select(f => f.Identity).Distinct()] : [];

    /// <summary>SHA-256 of what it kept or found here.</summary>
    public IReadOnlyCollection<string> Contents => [.. _contents.Keys];

    /// <summary>Set once it ended without success.</summary>
    public ModelArrival.Failed? Failed => _ending?.Failed;

    /// <summary>Null: it is at work, or was cancelled.</summary>
    public DateTimeOffset? Ended => _ending?.At;

    /// <summary>How far it is.</summary>
    public ModelArrival State => Failed ?? (ModelArrival)new ModelArrival.OnItsWay(Reason, Progress, Message);

    /// <summary>Whether it ended, and a new one for the request may find more.</summary>
    public bool MayEndDifferently(ModelRequest again)
        => _ending is { } end && (end.Failed is null || again.Generation != request.Generation || again.Wishes.PulledAt > end.At
            || parts.Time.GetUtcNow() - end.At >= (end.Failed.RetryAfter ?? TimeSpan.MaxValue));

    /// <summary>Until the version is here, or it failed; never throws but when cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        ModelArrival.Failed? failed = null;
        try
        {
            // :: 1
            using var place = await parts.Downloads.EnterAsync(request.Wishes.Priority, ct);
            for (int listings = 1; ; listings++)
            {
                try
                {
                    await ArriveAsync(ct);
                    break;
                }
                catch (OriginException e) when (e.Fault == OriginFault.Changed && listings < MaxListings)
                {
                    _trouble = e.Message;
                }
            }
        }
        catch (Exception e) when (ArrivalFailure.Of(e) is { } known)
        {
            failed = known;
        }
        End(failed);
    }

    /// <summary>A fault of this program ended it.</summary>
    public void Break(Exception e) => End(new ModelArrival.Failed("InternalError", $"a fault of this program, which the log has in full: {e.Message}", ArrivalFailure.LongRetry));

    private void End(ModelArrival.Failed? failed) => _ending = new Ending(parts.Time.GetUtcNow(), failed);

    private async Task ArriveAsync(CancellationToken ct)
    {
        // :: 2
        Tell("Listing");
        var storage = request.Spec.Storage ?? new StorageSpec();
        string uri = storage.StorageUri ?? "";
        using var origin = parts.Opener.Open(ModelUri.Parse(uri), await AccessAsync(storage, ct));
        var listing = await RetriedAsync(() => origin.ListAsync(ct), ct);

        // :: 3
        var selection = FileSelection.From(listing.Files, request.Spec.Quantization);
        if (selection is FileSelection.Refused refused)
            throw new ArrivalException("FilesNotChosen", $"{Shown(uri)}: {refused.Problem}", ArrivalFailure.LongRetry);
        var chosen = (FileSelection.Chosen)selection;
        List<ListedFile> files = [];
        foreach (var file in chosen.Files)
            files.Add(await RetriedAsync(() => origin.StatAsync(file, ct), ct));
        if (parts.Library.Find(Owner, key) is { } here && parts.Library.IsWhole(here) && here.IsOf(files, listing.Revision))
        {
            parts.Library.Update(Owner, key, v => v with { Refreshed = parts.Time.GetUtcNow() });
            return;
        }

        // :: 4
        var plan = DownloadPlan.For(uri, listing.Revision, files, parts.ContentOf, (id, bytes) => PartialFile.Held(parts.Library.PartialStem(id), id, bytes, parts.Limits.SegmentBytes));
        _plan = plan;
        _progress.Begin(plan.TotalBytes, files.Count);
        using var holds = new Holds(parts.Library);
        foreach (string content in plan.Files.Select(f => f.Content).OfType<string>())
            holds.Add(content);

        // :: 5
        var (room, problem) = parts.Space.Reserve(() => plan.BytesToFetch - _progress.ReceivedBytes, parts.MayGo);
        if (room is null)
            throw new ArrivalException("InsufficientDisk", $"{Shown(uri)}: {problem}", TimeSpan.FromMinutes(1));
        using var _ = room;

        // :: 6
        Tell("Downloading");
        var recorded = new RecordedFile[plan.Files.Count];
        using var telling = parts.Time.CreateTimer(_ => parts.Changed(request.Key), null, parts.TellEvery, parts.TellEvery);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, plan.Files.Count),
            new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = ct },
            async (i, one) => recorded[i] = await HaveAsync(origin, plan.Files[i], holds, one));

        // :: 7
        var now = parts.Time.GetUtcNow();
        parts.Library.Add(new VersionRecord
        {
            Owner = Owner,
            Key = key,
            Uri = uri,
            Version = request.Spec.Version,
            Revision = listing.Revision,
            Entry = chosen.Entry,
            Files = recorded,
            Arrived = now,
            LastUsed = now,
            Verified = now,
            Refreshed = now,
        });
    }

    /// <summary>The file as a blob: the one that is here, or fetched.</summary>
    private async Task<RecordedFile> HaveAsync(IOrigin origin, PlannedFile planned, Holds holds, CancellationToken ct)
    {
        var file = planned.File;
        using var turn = await parts.Contents.EnterAsync(planned.Identity, ct);
        string? sha256 = file.Digest is { } digest ? parts.ContentOf(digest, file.Bytes) : null;
        if (sha256 is not null)
            holds.Add(sha256);
        if (sha256 is not null && parts.Library.Has(sha256, file.Bytes))
        {
            _progress.Found(file.Bytes);
        }
        else
        {
            string stem = parts.Library.PartialStem(planned.Identity);
            if (!planned.MayResume)
                PartialFile.Delete(stem);
            sha256 = await parts.Fetch.FetchAsync(new FileToFetch(origin, file, stem, planned.Identity, request.Wishes.Priority, _progress, t => _trouble = t), ct);
            holds.Add(sha256);
            parts.Library.Keep(stem + ".bytes", sha256);
            PartialFile.Delete(stem);
        }
        _contents.TryAdd(sha256, true);
        // While it has the turn: what another one has begun of the file since is nobody's then.
        _done.TryAdd(planned, true);
        _progress.FileDone();
        return new RecordedFile(file.Path, file.Bytes, sha256, VersionRecord.MarkOf(file));
    }

    private async Task<OriginAccess> AccessAsync(StorageSpec storage, CancellationToken ct)
    {
        IReadOnlyDictionary<string, string> secret = new Dictionary<string, string>();
        if (storage.Key is { Length: > 0 } name)
        {
            string ns = request.Key.Namespace.Length > 0 ? request.Key.Namespace : Orrery.Resources.Standard.Namespace.Default;
            secret = await parts.Secrets(ns, name, ct)
                ?? throw new ArrivalException("SecretNotFound", $"spec.storage.key: there is no Secret '{name}' in the namespace '{ns}'; make it there", TimeSpan.FromSeconds(30));
        }
        return new OriginAccess(storage.Parameters ?? new Dictionary<string, string>(), secret, parts.HubEndpoint);
    }

    private async Task<T> RetriedAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                using var place = await parts.Limits.Connections.EnterAsync(request.Wishes.Priority, ct);
                return await ask();
            }
            catch (OriginException e)
            {
                if (parts.Limits.Retries.Next(e.Fault, failures, e.RetryAfter, parts.Random.NextDouble()) is not { } wait)
                    throw;
                _trouble = e.Message;
                parts.Changed(request.Key);
                await Task.Delay(wait, parts.Time, ct);
            }
        }
    }

    // A query may hold a signature.
    private static string Shown(string uri) => uri.Split('?')[0];

    private void Tell(string reason)
    {
        _reason = reason;
        parts.Changed(request.Key);
    }

    private string Reason => _reason == "Downloading" && _progress.CompletedBytes >= _progress.TotalBytes ? "Verifying" : _reason;

    private DownloadStatus? Progress => _reason != "Downloading" ? null : _progress.Status();

    private string Message => (Reason, _trouble) switch
    {
        ("Waiting", _) => "waits until other downloads have ended",
        (var reason, "") => reason == "Listing" ? $"asks {Shown(request.Spec.Storage?.StorageUri ?? "")} what it has" : "",
        (_, var trouble) => $"again after: {trouble}",
    };

    private sealed record Ending(DateTimeOffset At, ModelArrival.Failed? Failed);
}
