using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Local.Tests;

/// <summary>A store whose updates can be held back, to see what happens before they are done.</summary>
internal sealed class HoldingStore(ResourceStore inner) : IResourceStore
{
    private readonly TaskCompletionSource<Document> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _release;

    public ResourceStore Inner => inner;

    /// <summary>The first update that came while they were held.</summary>
    public Task<Document> HeldUpdate => _held.Task;

    public void HoldUpdates() => Volatile.Write(ref _release, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void ReleaseUpdates() => Volatile.Read(ref _release)!.SetResult();

    public async Task<WriteOutcome> UpdateAsync(Document document, WriteOptions options, CancellationToken ct)
    {
        if (Volatile.Read(ref _release) is { } release)
        {
            _held.TrySetResult(document);
            await release.Task.WaitAsync(ct);
        }
        return await inner.UpdateAsync(document, options, ct);
    }

    public Task<Document?> GetAsync(ResourceKey key, CancellationToken ct) => inner.GetAsync(key, ct);

    /// <summary>Until set back, whoever lists gets an exception.</summary>
    public bool FailsLists { get; set; }

    public Task<DocumentList> ListAsync(ResourceKind kind, string? ns, CancellationToken ct)
        => FailsLists ? throw new IOException("the disk is gone") : inner.ListAsync(kind, ns, ct);

    public IAsyncEnumerable<WatchEvent> WatchAsync(ResourceKind kind, string? ns, string? fromVersion, CancellationToken ct)
        => inner.WatchAsync(kind, ns, fromVersion, ct);

    public Task<WriteOutcome> CreateAsync(Document document, WriteOptions options, CancellationToken ct) => inner.CreateAsync(document, options, ct);

    public Task<WriteOutcome> UpdateStatusAsync(Document document, WriteOptions options, CancellationToken ct)
        => inner.UpdateStatusAsync(document, options, ct);

    public Task<WriteOutcome> ApplyAsync(Document applied, ApplyOptions options, CancellationToken ct) => inner.ApplyAsync(applied, options, ct);

    public Task<WriteOutcome> DeleteAsync(ResourceKey key, Preconditions preconditions, Propagation? propagation, WriteOptions options, CancellationToken ct)
        => inner.DeleteAsync(key, preconditions, propagation, options, ct);
}
