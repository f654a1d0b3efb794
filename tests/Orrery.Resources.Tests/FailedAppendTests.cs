using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Resources.Tests;

public sealed class FailedAppendTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_that_does_not_become_durable_never_happened()
    {
        var log = new FullDisk();
        await using var store = new ResourceStore(log, TimeProvider.System);
        await store.EnsureNamespaceAsync("default", Ct);
        string before = (await store.ListAsync(Namespace.Kind, null, Ct)).ResourceVersion;

        log.IsFull = true;
        await Assert.ThrowsAsync<IOException>(() => store.EnsureNamespaceAsync("other", Ct));

        var list = await store.ListAsync(Namespace.Kind, null, Ct);
        Assert.Equal(before, list.ResourceVersion);
        Assert.Single(list.Items);

        log.IsFull = false;
        await store.EnsureNamespaceAsync("other", Ct);
        await using var watch = store.WatchAsync(Namespace.Kind, null, before, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("other", Assert.IsType<WatchEvent.Added>(watch.Current).Document.Metadata.Name);
    }

    private sealed class FullDisk : IChangeLog
    {
        public bool IsFull { get; set; }

        public LoadedLog Load() => new(0, [], []);

        public void Append(IReadOnlyList<Change> changes)
        {
            if (IsFull)
                throw new IOException("no space left");
        }

        public void Dispose()
        {
        }
    }
}
