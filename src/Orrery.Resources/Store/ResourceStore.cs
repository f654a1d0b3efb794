using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Store;

/// <summary>
/// The embedded store: reads come from an immutable snapshot in memory, writes pass through <see cref="StorePipeline"/> and a durable log.
/// <code>
///   writers ──▶ queue ──▶ one loop: decide each ─▶ log, one sync for all that wait ─▶ swap snapshot ─▶ answer, wake watchers
/// </code>
/// Nothing is answered, listed or watched before it is durable.
/// </summary>
public sealed class ResourceStore : IResourceStore, IAsyncDisposable
{
    /// <summary>Changes that a watch can resume over, by default.</summary>
    public const int DefaultHistory = 10_000;

    private const int MaxQueued = 1024;
    private const int MaxBatch = 128;

    private readonly IChangeLog _log;
    private readonly ChangeHistory _history;
    private readonly Func<StoreContext> _context;
    private readonly Channel<PendingWrite> _writes = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly Task _loop;
    private StoreSnapshot _snapshot;

    /// <param name="history">Changes kept for watchers to resume over.</param>
    public ResourceStore(IChangeLog log, TimeProvider time, int history = DefaultHistory)
    {
        _log = log;
        _history = new ChangeHistory(history);
        _context = () => new StoreContext(time.GetUtcNow(), () => Guid.NewGuid().ToString(), NewSuffix);

        var loaded = log.Load();
        _snapshot = StoreSnapshot.Of(loaded.Version, loaded.Objects);
        _history.Start(loaded.Version, loaded.History);
        _loop = Task.Factory.StartNew(WriteLoopAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    private sealed record PendingWrite(StoreRequest Request, TaskCompletionSource<WriteOutcome> Done);

    public Task<Document?> GetAsync(ResourceKey key, CancellationToken ct) => Task.FromResult(Volatile.Read(ref _snapshot).Get(key));

    public Task<DocumentList> ListAsync(ResourceKind kind, string? ns, CancellationToken ct)
    {
        var snapshot = Volatile.Read(ref _snapshot);
        return Task.FromResult(new DocumentList(snapshot.Version.ToString(CultureInfo.InvariantCulture), snapshot.List(kind, ns)));
    }

    public Task<WriteOutcome> CreateAsync(Document document, WriteOptions options, CancellationToken ct)
        => WriteAsync(new StoreRequest.Create(document, options), ct);

    public Task<WriteOutcome> UpdateAsync(Document document, WriteOptions options, CancellationToken ct)
        => WriteAsync(new StoreRequest.Update(document, Status: false, options), ct);

    public Task<WriteOutcome> UpdateStatusAsync(Document document, WriteOptions options, CancellationToken ct)
        => WriteAsync(new StoreRequest.Update(document, Status: true, options), ct);

    public Task<WriteOutcome> ApplyAsync(Document applied, ApplyOptions options, CancellationToken ct)
        => WriteAsync(new StoreRequest.Apply(applied, options), ct);

    public Task<WriteOutcome> DeleteAsync(ResourceKey key, Preconditions preconditions, Propagation? propagation, WriteOptions options, CancellationToken ct)
        => WriteAsync(new StoreRequest.Delete(key, preconditions, options, propagation), ct);

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ResourceKind kind, string? ns, string? fromVersion, [EnumeratorCancellation] CancellationToken ct)
    {
        long at;
        if (fromVersion is null)
        {
            var snapshot = Volatile.Read(ref _snapshot);
            at = snapshot.Version;
            foreach (var document in snapshot.List(kind, ns))
                yield return new WatchEvent.Added(document);
        }
        else if (!long.TryParse(fromVersion, NumberStyles.None, CultureInfo.InvariantCulture, out at))
        {
            yield return new WatchEvent.Expired($"resourceVersion '{fromVersion}' was not given by this store: list again");
            yield break;
        }

        while (true)
        {
            var view = _history.Current;
            if (at > view.LastVersion || at < view.FirstVersion - 1)
            {
                yield return new WatchEvent.Expired($"resourceVersion {at} is not in the history ({view.FirstVersion - 1} to {view.LastVersion}): list again");
                yield break;
            }

            for (int i = (int)(at + 1 - view.FirstVersion); i < view.Changes.Count; i++)
            {
                var change = view.Changes[i];
                at = change.Version;
                if (change.Document.Kind == kind && (ns is null || change.Document.Key.Namespace == ns))
                    yield return Event(change);
            }
            await view.Next.Task.WaitAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
        _log.Dispose();
    }

    /// <summary>Makes the namespace unless it is there.</summary>
    public async Task EnsureNamespaceAsync(string name, CancellationToken ct)
    {
        if (await GetAsync(Namespace.Kind.Key(name), ct) is null)
            await CreateAsync(Document.From(new Namespace { Metadata = new Metadata { Name = name } }), WriteOptions.Default, ct);
    }

    private async Task<WriteOutcome> WriteAsync(StoreRequest request, CancellationToken ct)
    {
        var pending = new PendingWrite(request, new TaskCompletionSource<WriteOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        await _writes.Writer.WriteAsync(pending, ct);
        // From here on the write happens; whoever stops waiting just does not learn how it ended.
        return await pending.Done.Task.WaitAsync(ct);
    }

    private async Task WriteLoopAsync()
    {
        var batch = new List<PendingWrite>(MaxBatch);
        while (await _writes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _writes.Reader.TryRead(out var pending))
                batch.Add(pending);
            Write(batch);
        }
    }

    private void Write(List<PendingWrite> batch)
    {
        var answers = new List<(PendingWrite Pending, WriteOutcome Outcome)>(batch.Count);
        var changes = new List<Change>();
        var snapshot = _snapshot;
        foreach (var pending in batch)
        {
            try
            {
                var decision = StorePipeline.Decide(snapshot, pending.Request, _context());
                answers.Add((pending, decision.Outcome));
                foreach (var change in decision.Changes)
                {
                    changes.Add(change with { Before = snapshot.Get(change.Document.Key) });
                    snapshot = snapshot.Apply(change);
                }
            }
            catch (Exception e)
            {
                // A request that the pipeline cannot take is its sender's alone; nothing of it was applied.
                pending.Done.SetException(e);
            }
        }

        try
        {
            if (changes.Count > 0)
                _log.Append(changes);
        }
        catch (Exception e)
        {
            // Nothing became durable, so nothing happened; each writer hears why.
            foreach (var (pending, _) in answers)
                pending.Done.SetException(e);
            return;
        }

        Volatile.Write(ref _snapshot, snapshot);
        if (changes.Count > 0)
            _history.Add(changes);
        foreach (var (pending, outcome) in answers)
            pending.Done.SetResult(outcome);
    }

    private static WatchEvent Event(Change change) => change.Type switch
    {
        ChangeType.Added => new WatchEvent.Added(change.Document),
        ChangeType.Modified => new WatchEvent.Modified(change.Document, change.Before),
        _ => new WatchEvent.Deleted(change.Document),
    };

    // Kubernetes' alphabet for generated names: no vowels, so no words.
    private static string NewSuffix() => string.Create(5, 0, (span, _) => Random.Shared.GetItems("bcdfghjklmnpqrstvwxz2456789", span));
}
