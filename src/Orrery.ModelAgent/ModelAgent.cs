using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orrery.Control.Models;
using Orrery.ModelAgent.Arrivals;
using Orrery.ModelAgent.Downloads;
using Orrery.ModelAgent.Library;
using Orrery.Resources;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent;

/// <summary>
/// Brings models' files to this machine and keeps them there, in one folder that it alone uses.
/// <code>
///   Look(model) ─▶ its version is here? ─▶ Here        changed, gone ─▶ cancel
///                        │ no                                  ▲
///                        └─▶ Arrival (one per model, a few at once) ─▶ library
/// </code>
/// </summary>
public sealed class ModelAgent : IModelAgent, IAsyncDisposable
{
    // Written to disk, so not on each look.
    private static readonly TimeSpan UseNotedEvery = TimeSpan.FromMinutes(10);

    private readonly ModelAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly GuardedHttp _http;
    private readonly ModelLibrary _library;
    private readonly LibraryUpkeep _upkeep;
    private readonly ChangedModels _changed = new();
    private readonly RunningArrivals _arrivals;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelRequest> _known = [];

    /// <param name="folder">Holds all of it; made where it is missing.</param>
    /// <param name="secrets">Decoded values of a Secret by namespace and name; null: there is none.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public ModelAgent(ModelAgentOptions options, string folder, Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, string>?>> secrets, TimeProvider time, ILogger<ModelAgent> log)
        : this(options, folder, secrets, time, log, new ModelAgentSeams())
    {
    }

    internal ModelAgent(
        ModelAgentOptions options, string folder, Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, string>?>> secrets,
        TimeProvider time, ILogger<ModelAgent> log, ModelAgentSeams seams)
    {
        _options = options;
        _time = time;
        _http = new GuardedHttp(seams.Network);
        _library = new ModelLibrary(folder, time);
        var limits = new FetchLimits(new PriorityGate(options.MaxConnections), options.MaxConnectionsPerFile, options.SegmentBytes, seams.Retries);
        var parts = new ArrivalParts
        {
            Library = _library,
            Space = new DiskSpace(_library, options, seams.FreeBytes ?? (() => new DriveInfo(folder).AvailableFreeSpace), time),
            Opener = new OriginOpener(_http, time),
            HubEndpoint = new Uri(options.HubEndpoint),
            Secrets = secrets,
            Downloads = new PriorityGate(options.MaxDownloads),
            Limits = limits,
            Fetch = new FileFetch(limits, time, seams.Random),
            MayGo = MayGo,
            Changed = _changed.Add,
            TellEvery = seams.TellEvery,
            Time = time,
            Random = seams.Random,
        };
        _arrivals = new RunningArrivals(parts, PruneVersions, log);
        _upkeep = new LibraryUpkeep(_library, options, time, key => _changed.Add(Owners.KeyOf(key)), log);
    }

    public ModelArrival Look(ModelRequest request)
    {
        string owner = Owners.Of(request.Key), wanted = VersionKey.Of(request.Spec);
        lock (_lock)
        {
            _known[owner] = request;
            var arrival = _arrivals.Of(request.Key);
            if (arrival is not null && (arrival.Key != wanted || request.Spec.Disabled == true))
            {
                _arrivals.Cancel(request.Key);
                arrival = null;
            }
            if (request.Spec.Disabled == true)
                return new ModelArrival.Absent("Disabled", "spec.disabled is true: nothing is fetched for it");
            if (_library.Find(owner, wanted) is { } version)
            {
                if (_library.IsWhole(version))
                    return Here_Locked(request, version, arrival);
                if (version.Evicted is { } at && !request.InUse && !(request.Wishes.PulledAt > at))
                    return new ModelArrival.Absent("Evicted", "its files were removed to make room; they come back when a service uses it, or when it is pulled again (`orrery pull`)");
            }
            if (arrival is null || arrival.MayEndDifferently(request))
                arrival = _arrivals.Start(request, owner, wanted);
            return arrival.State;
        }
    }

    public void Forget(ResourceKey model)
    {
        string owner = Owners.Of(model);
        lock (_lock)
        {
            _arrivals.Forget(model);
            _known.Remove(owner);
        }
        foreach (var version in _library.Versions.Where(v => v.Owner == owner))
            _library.Remove(version);
    }

    public async IAsyncEnumerable<ResourceKey> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (string owner in _library.Versions.Select(v => v.Owner).Distinct())
            yield return Owners.KeyOf(owner);
        while (true)
            yield return await _changed.TakeAsync(ct);
    }

    /// <summary>Holds files against their digests now and then, and clears leftovers, until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => _upkeep.RunAsync(ct);

    /// <summary>Ends all downloads; what they have is kept for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _arrivals.DisposeAsync();
        _http.Dispose();
    }

    private ModelArrival.Here Here_Locked(ModelRequest request, VersionRecord version, Arrival? arrival)
    {
        var now = _time.GetUtcNow();
        if (request.InUse && now - version.LastUsed > UseNotedEvery)
            _library.Update(version.Owner, version.Key, v => v with { LastUsed = now });
        bool isOld = request.Spec.Storage?.DownloadPolicy == "AlwaysDownload" && now - version.Refreshed > _options.RefreshEvery;
        if (isOld && (arrival is null || now - arrival.Ended > _options.RefreshEvery))
            _arrivals.Start(request, version.Owner, version.Key);
        string remark = string.Join("; ", (string[])
        [
            .. arrival?.Failed is { } failed ? [$"the origin could not be asked for newer files: {failed.Message}"] : (string[])[],
            .. request.Spec.Storage?.Path is { } path ? [$"spec.storage.path: '{path}' is not heeded; the files are in {_library.Root}"] : (string[])[],
            .. request.Spec.Storage is { NodeSelector: not null } or { NodeAffinity: not null } ? ["spec.storage.nodeSelector and nodeAffinity are not heeded: this machine is the only node"] : (string[])[],
        ]);
        var all = _library.Versions;
        long unshared = DiskPlan.Freed([.. all.Where(v => v.Owner == version.Owner)], all, FrozenSet<string>.Empty);
        return new ModelArrival.Here(_library.EntryPath(version), version.Bytes, unshared, version.Revision, version.Digest, remark);
    }

    /// <summary>Keeps the newest of the others for a way back.</summary>
    private void PruneVersions(Arrival arrival)
    {
        foreach (var old in _library.Versions.Where(v => v.Owner == arrival.Owner && v.Key != arrival.Key).OrderByDescending(v => v.LastUsed).ThenByDescending(v => v.Arrived).Skip(_options.KeepVersions))
            _library.Remove(old);
    }

    private bool MayGo(VersionRecord version)
    {
        lock (_lock)
        {
            // One that nobody asked about yet may well be in use, and so may an earlier version until the wanted one is here.
            return _known.TryGetValue(version.Owner, out var request) && !request.Wishes.Pinned
                && (!request.InUse || (VersionKey.Of(request.Spec) is var wanted && wanted != version.Key && _library.Find(version.Owner, wanted) is { Evicted: null }));
        }
    }
}
