using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Contracts;
using Orrery.Local.Store;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Tests;

public sealed class SqliteStoreTests : StoreContract, IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<ResourceStore> _stores = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task<IResourceStore> StartStoreAsync(int history = ResourceStore.DefaultHistory) => await OpenAsync(history);

    [Fact]
    public async Task A_reopened_store_continues_objects_versions_and_history()
    {
        var before = await OpenAsync();
        var kept = (await before.CreateAsync(AService("kept"), Ct)).Stored();
        var gone = (await before.CreateAsync(AService("gone"), Ct)).Stored();
        (await before.DeleteAsync(gone.Key, Preconditions.None, Ct)).Stored();
        string last = (await before.ListAsync(kept.Kind, null, Ct)).ResourceVersion;
        await CloseAsync(before);

        var after = await OpenAsync();

        Assert.Equal(last, (await after.ListAsync(kept.Kind, null, Ct)).ResourceVersion);
        Assert.Equal(kept.Utf8.ToArray(), (await after.GetAsync(kept.Key, Ct))!.Utf8.ToArray());
        Assert.Null(await after.GetAsync(gone.Key, Ct));
        await using var watch = after.WatchAsync(kept.Kind, null, kept.Metadata.ResourceVersion, Ct).GetAsyncEnumerator(Ct);
        Assert.Equal("gone", Assert.IsType<WatchEvent.Added>(await NextAsync(watch)).Document.Metadata.Name);
        Assert.IsType<WatchEvent.Deleted>(await NextAsync(watch));
        var next = (await after.CreateAsync(AService("next"), Ct)).Stored();
        Assert.Equal(next.Metadata.ResourceVersion, Assert.IsType<WatchEvent.Added>(await NextAsync(watch)).Document.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_version_from_before_the_restart_expires_once_history_moved_on()
    {
        var before = await OpenAsync(history: 8);
        var first = (await before.CreateAsync(ASecret("first"), Ct)).Stored();
        await WriteAsync(before, 0, 300);
        await CloseAsync(before);

        var after = await OpenAsync(history: 8);

        await using var watch = after.WatchAsync(Secret.Kind, null, first.Metadata.ResourceVersion, Ct).GetAsyncEnumerator(Ct);
        Assert.IsType<WatchEvent.Expired>(await NextAsync(watch));
    }

    private async Task<ResourceStore> OpenAsync(int history = ResourceStore.DefaultHistory)
    {
        // Each test starts at most one store at a time on the one file.
        var log = new SqliteChangeLog(_folder.File("resources.db"), NullLogger<SqliteChangeLog>.Instance, history);
        var store = new ResourceStore(log, TimeProvider.System, history);
        _stores.Add(store);
        await store.EnsureNamespaceAsync(Namespace.Default, Ct);
        return store;
    }

    private async Task CloseAsync(ResourceStore store)
    {
        _stores.Remove(store);
        await store.DisposeAsync();
    }
}
