using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_watch_without_a_version_gives_the_state_then_changes()
    {
        var store = await StartStoreAsync();
        (await store.CreateAsync(AService("a"), Ct)).Stored();
        (await store.CreateAsync(ASecret("of-another-kind"), Ct)).Stored();
        await using var watch = store.WatchAsync(InferenceService.Kind, "default", null, Ct).GetAsyncEnumerator(Ct);
        Assert.Equal("a", Assert.IsType<WatchEvent.Added>(await NextAsync(watch)).Document.Metadata.Name);

        var b = (await store.CreateAsync(AService("b"), Ct)).Stored();
        var changed = (await store.UpdateAsync(WithModel(b, "other"), Ct)).Stored();
        (await store.DeleteAsync(b.Key, Preconditions.None, Ct)).Stored();

        Assert.Equal(b.Metadata.ResourceVersion, Assert.IsType<WatchEvent.Added>(await NextAsync(watch)).Document.Metadata.ResourceVersion);
        Assert.Equal(changed.Metadata.ResourceVersion, Assert.IsType<WatchEvent.Modified>(await NextAsync(watch)).Document.Metadata.ResourceVersion);
        Assert.IsType<WatchEvent.Deleted>(await NextAsync(watch));
    }

    [Fact]
    public async Task A_deleted_event_carries_the_last_state_at_the_version_of_the_deletion()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();
        await using var watch = store.WatchAsync(InferenceService.Kind, null, created.Metadata.ResourceVersion, Ct).GetAsyncEnumerator(Ct);

        var changed = (await store.UpdateAsync(WithModel(created, "last"), Ct)).Stored();
        await store.DeleteAsync(created.Key, Preconditions.None, Ct);

        Assert.IsType<WatchEvent.Modified>(await NextAsync(watch));
        var last = Assert.IsType<WatchEvent.Deleted>(await NextAsync(watch)).Document;
        Assert.Equal("last", last.As<InferenceService>().Spec.Model!.Name);
        Assert.NotEqual(changed.Metadata.ResourceVersion, last.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_watch_resumes_after_the_version_that_it_is_given()
    {
        var store = await StartStoreAsync();
        (await store.CreateAsync(AService("a"), Ct)).Stored();
        var list = await store.ListAsync(InferenceService.Kind, null, Ct);
        foreach (string name in new[] { "b", "c" })
            (await store.CreateAsync(AService(name), Ct)).Stored();

        await using var watch = store.WatchAsync(InferenceService.Kind, null, list.ResourceVersion, Ct).GetAsyncEnumerator(Ct);

        Assert.Equal("b", Assert.IsType<WatchEvent.Added>(await NextAsync(watch)).Document.Metadata.Name);
        Assert.Equal("c", Assert.IsType<WatchEvent.Added>(await NextAsync(watch)).Document.Metadata.Name);
    }

    [Fact]
    public async Task Each_change_comes_once_and_in_order_while_eight_writers_race()
    {
        const int Writers = 8, Writes = 40;
        var store = await StartStoreAsync();
        var start = await store.ListAsync(Secret.Kind, null, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watchers = Enumerable.Range(0, 3).Select(_ => CollectAsync(store, start.ResourceVersion, Writers * Writes, stop.Token)).ToList();

        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => WriteAsync(store, w, Writes)));

        foreach (var seen in await Task.WhenAll(watchers).WaitAsync(TimeSpan.FromSeconds(60), Ct))
        {
            Assert.Equal(Writers * Writes, seen.Count);
            for (int writer = 0; writer < Writers; writer++)
                Assert.Equal(acknowledged[writer], seen.Where(d => d.Metadata.Name == $"w{writer}").Select(d => d.Metadata.ResourceVersion!));
        }
        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_watch_from_a_version_that_history_no_longer_holds_expires()
    {
        var store = await StartStoreAsync(history: 8);
        var list = await store.ListAsync(Secret.Kind, null, Ct);
        await WriteAsync(store, 0, 20);

        await using var watch = store.WatchAsync(Secret.Kind, null, list.ResourceVersion, Ct).GetAsyncEnumerator(Ct);

        Assert.NotEmpty(Assert.IsType<WatchEvent.Expired>(await NextAsync(watch)).Message);
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task A_watcher_that_is_overtaken_by_history_expires()
    {
        var store = await StartStoreAsync(history: 8);
        (await store.CreateAsync(ASecret("first"), Ct)).Stored();
        await using var slow = store.WatchAsync(Secret.Kind, null, null, Ct).GetAsyncEnumerator(Ct);
        Assert.IsType<WatchEvent.Added>(await NextAsync(slow));

        await WriteAsync(store, 0, 20);

        Assert.IsType<WatchEvent.Expired>(await NextAsync(slow));
    }

    [Theory]
    [InlineData("not-a-version")]
    [InlineData("-1")]
    [InlineData("999999999")]
    public async Task A_watch_from_a_version_that_the_store_never_gave_expires(string version)
    {
        var store = await StartStoreAsync();

        await using var watch = store.WatchAsync(Secret.Kind, null, version, Ct).GetAsyncEnumerator(Ct);

        Assert.IsType<WatchEvent.Expired>(await NextAsync(watch));
    }

    [Fact]
    public async Task A_cancelled_watch_ends()
    {
        var store = await StartStoreAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using var watch = store.WatchAsync(Secret.Kind, null, null, stop.Token).GetAsyncEnumerator(stop.Token);
        var waiting = watch.MoveNextAsync().AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(10), Ct));
    }

    protected static async Task<WatchEvent> NextAsync(IAsyncEnumerator<WatchEvent> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Ct), "the watch ended");
        return watch.Current;
    }

    /// <summary>Creates one secret and changes it; gives the versions.</summary>
    protected static async Task<List<string>> WriteAsync(IResourceStore store, int writer, int writes)
    {
        var current = (await store.CreateAsync(ASecret($"w{writer}"), Ct)).Stored();
        var versions = new List<string> { current.Metadata.ResourceVersion! };
        for (int i = 1; i < writes; i++)
        {
            current = (await store.UpdateAsync(current.Edit(j => j["stringData"] = new System.Text.Json.Nodes.JsonObject { ["i"] = $"{i}" }), Ct)).Stored();
            versions.Add(current.Metadata.ResourceVersion!);
        }
        return versions;
    }

    private static async Task<List<Document>> CollectAsync(IResourceStore store, string from, int count, CancellationToken ct)
    {
        var seen = new List<Document>();
        await foreach (var change in store.WatchAsync(Secret.Kind, null, from, ct))
        {
            seen.Add(change switch
            {
                WatchEvent.Added added => added.Document,
                WatchEvent.Modified modified => modified.Document,
                _ => throw new InvalidOperationException($"unexpected {change}"),
            });
            if (seen.Count == count)
                break;
        }
        return seen;
    }
}
