using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Contracts;

// A cluster's collector works a moment later, so these tests wait for what they expect.
public abstract partial class StoreContract
{
    [Fact]
    public async Task Orphaned_objects_stay_and_name_no_owner()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var other = (await store.CreateAsync(AService("b"), Ct)).Stored();
        var one = (await store.CreateAsync(ASecret("one", owner), Ct)).Stored();
        var both = (await store.CreateAsync(ASecret("both", owner, other), Ct)).Stored();

        (await store.DeleteAsync(owner.Key, Preconditions.None, Propagation.Orphan, WriteOptions.Default, Ct)).Stored();

        await GoneAsync(store, owner.Key);
        Assert.Null((await store.GetAsync(one.Key, Ct))!.Metadata.OwnerReferences);
        Assert.Equal([other.Metadata.Uid], (await store.GetAsync(both.Key, Ct))!.Metadata.OwnerReferences!.Select(o => o.Uid));
    }

    [Fact]
    public async Task In_the_foreground_an_owner_waits_for_what_blocks_it()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var free = (await store.CreateAsync(Blocking(ASecret("free", owner)), Ct)).Stored();
        var held = (await store.CreateAsync(WithFinalizers(Blocking(ASecret("held", owner)), "orrery.dev/one"), Ct)).Stored();

        var waiting = (await store.DeleteAsync(owner.Key, Preconditions.None, Propagation.Foreground, WriteOptions.Default, Ct)).Stored();

        Assert.NotNull(waiting.Metadata.DeletionTimestamp);
        Assert.Equal(["foregroundDeletion"], waiting.Metadata.Finalizers);
        await GoneAsync(store, free.Key);
        var marked = await Eventually.SeesAsync(
            async () => await store.GetAsync(held.Key, Ct) is { Metadata.DeletionTimestamp: not null } seen ? seen : null, () => "not marked");
        Assert.NotNull(await store.GetAsync(owner.Key, Ct));

        (await store.UpdateAsync(WithFinalizers(marked), Ct)).Stored();
        await GoneAsync(store, held.Key);
        await GoneAsync(store, owner.Key);
    }

    [Fact]
    public async Task In_the_foreground_a_chain_goes_from_its_end()
    {
        var store = await StartStoreAsync();
        var first = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var second = (await store.CreateAsync(Blocking(ASecret("b", first)), Ct)).Stored();
        var third = (await store.CreateAsync(Blocking(ASecret("c", second)), Ct)).Stored();

        await store.DeleteAsync(first.Key, Preconditions.None, Propagation.Foreground, WriteOptions.Default, Ct);

        await GoneAsync(store, third.Key);
        await GoneAsync(store, second.Key);
        await GoneAsync(store, first.Key);
    }

    [Fact]
    public async Task In_the_foreground_an_object_that_has_another_owner_stays()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var other = (await store.CreateAsync(AService("b"), Ct)).Stored();
        var both = (await store.CreateAsync(Blocking(ASecret("both", owner, other)), Ct)).Stored();

        await store.DeleteAsync(owner.Key, Preconditions.None, Propagation.Foreground, WriteOptions.Default, Ct);

        await GoneAsync(store, owner.Key);
        Assert.Equal([other.Metadata.Uid], (await store.GetAsync(both.Key, Ct))!.Metadata.OwnerReferences!.Select(o => o.Uid));
    }

    [Fact]
    public async Task An_owner_that_waits_goes_when_nothing_names_it_any_more()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var held = (await store.CreateAsync(WithFinalizers(Blocking(ASecret("held", owner)), "orrery.dev/one"), Ct)).Stored();
        await store.DeleteAsync(owner.Key, Preconditions.None, Propagation.Foreground, WriteOptions.Default, Ct);
        var marked = await Eventually.SeesAsync(
            async () => await store.GetAsync(held.Key, Ct) is { Metadata.DeletionTimestamp: not null } seen ? seen : null, () => "not marked");

        (await store.UpdateAsync(marked.Edit(j => j["metadata"]!.AsObject().Remove("ownerReferences")), Ct)).Stored();

        await GoneAsync(store, owner.Key);
        Assert.NotNull(await store.GetAsync(held.Key, Ct));
    }

    [Fact]
    public async Task In_the_foreground_owners_in_a_ring_do_not_wait_for_each_other()
    {
        var store = await StartStoreAsync();
        var first = (await store.CreateAsync(ASecret("a"), Ct)).Stored();
        var second = (await store.CreateAsync(Blocking(ASecret("b", first)), Ct)).Stored();
        first = (await store.UpdateAsync(Owned(first, second), Ct)).Stored();

        await store.DeleteAsync(first.Key, Preconditions.None, Propagation.Foreground, WriteOptions.Default, Ct);

        await GoneAsync(store, second.Key);
        await GoneAsync(store, first.Key);
    }

    [Theory]
    [InlineData("orphan", true)]
    [InlineData("foregroundDeletion", false)]
    public async Task A_delete_that_does_not_say_does_as_the_finalizers_say(string finalizer, bool stays)
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(WithFinalizers(AService("a"), finalizer), Ct)).Stored();
        var owned = (await store.CreateAsync(Blocking(ASecret("s", owner)), Ct)).Stored();

        await store.DeleteAsync(owner.Key, Preconditions.None, Ct);

        await GoneAsync(store, owner.Key);
        if (stays)
            Assert.NotNull(await store.GetAsync(owned.Key, Ct));
        else
            await GoneAsync(store, owned.Key);
    }

    [Fact]
    public async Task Finalizers_of_others_hold_an_object_whatever_becomes_of_what_it_owns()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(WithFinalizers(AService("a"), "orrery.dev/one"), Ct)).Stored();
        var owned = (await store.CreateAsync(ASecret("s", owner), Ct)).Stored();

        await store.DeleteAsync(owner.Key, Preconditions.None, Propagation.Orphan, WriteOptions.Default, Ct);
        var marked = await Eventually.SeesAsync(
            async () => await store.GetAsync(owner.Key, Ct) is { Metadata.Finalizers: ["orrery.dev/one"] } seen ? seen : null, () => "not orphaned");
        (await store.UpdateAsync(WithFinalizers(marked), Ct)).Stored();

        await GoneAsync(store, owner.Key);
        Assert.NotNull(await store.GetAsync(owned.Key, Ct));
    }

    [Fact]
    public async Task A_modified_event_carries_the_state_before()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();
        await using var watch = store.WatchAsync(created.Kind, null, created.Metadata.ResourceVersion, Ct).GetAsyncEnumerator(Ct);

        (await store.UpdateAsync(WithModel(created, "other"), Ct)).Stored();

        // A store that reads from a cluster does not know it.
        if (Assert.IsType<WatchEvent.Modified>(await NextAsync(watch)).Before is { } before)
            Assert.Equal(created.Metadata.ResourceVersion, before.Metadata.ResourceVersion);
    }

    private static Document Blocking(Document document) => document.Edit(json =>
    {
        foreach (var owner in json["metadata"]!["ownerReferences"]!.AsArray())
            owner!["blockOwnerDeletion"] = true;
    });

    private static Document Owned(Document document, Document owner) => Blocking(document.Edit(json => json["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
    {
        ["apiVersion"] = owner.Kind.ApiVersion,
        ["kind"] = owner.Kind.Name,
        ["name"] = owner.Metadata.Name,
        ["uid"] = owner.Metadata.Uid,
    })));
}
