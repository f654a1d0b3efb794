using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Contracts;

// A cluster collects owned objects a moment later, so these tests wait for what they expect.
public abstract partial class StoreContract
{
    [Fact]
    public async Task Deleting_gives_the_last_state()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        var last = (await store.DeleteAsync(created.Key, new Preconditions(created.Metadata.Uid, created.Metadata.ResourceVersion), Ct)).Stored();

        Assert.Equal(created.Metadata.Uid, last.Metadata.Uid);
        Assert.Null(await store.GetAsync(created.Key, Ct));
    }

    [Fact]
    public async Task Finalizers_hold_an_object_until_the_last_is_taken_off()
    {
        var store = await StartStoreAsync();
        var held = (await store.CreateAsync(WithFinalizers(AService("a"), "orrery.dev/one", "orrery.dev/two"), Ct)).Stored();

        var marked = (await store.DeleteAsync(held.Key, Preconditions.None, Ct)).Stored();
        Assert.NotNull(marked.Metadata.DeletionTimestamp);

        Assert.IsType<WriteOutcome.Invalid>(await store.UpdateAsync(WithFinalizers(marked, "orrery.dev/one", "orrery.dev/two", "orrery.dev/three"), Ct));

        var again = (await store.DeleteAsync(held.Key, Preconditions.None, Ct)).Stored();
        Assert.Equal(marked.Metadata.ResourceVersion, again.Metadata.ResourceVersion);

        var one = (await store.UpdateAsync(WithFinalizers(marked, "orrery.dev/two"), Ct)).Stored();
        Assert.NotNull(await store.GetAsync(held.Key, Ct));

        (await store.UpdateAsync(WithFinalizers(one), Ct)).Stored();
        Assert.Null(await store.GetAsync(held.Key, Ct));
    }

    [Fact]
    public async Task Whether_an_object_is_being_deleted_is_not_its_writers_to_say()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(WithFinalizers(AService("a"), "orrery.dev/one").Edit(j => j["metadata"]!["deletionGracePeriodSeconds"] = 30), Ct)).Stored();
        var marked = (await store.DeleteAsync(created.Key, Preconditions.None, Ct)).Stored();

        var updated = (await store.UpdateAsync(
            marked.Edit(j =>
            {
                j["metadata"]!.AsObject().Remove("deletionTimestamp");
                j["metadata"]!.AsObject().Remove("deletionGracePeriodSeconds");
                j["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };
            }), Ct)).Stored();

        Assert.Null(created.Metadata.DeletionGracePeriodSeconds);
        Assert.Equal((marked.Metadata.DeletionTimestamp, 0), (updated.Metadata.DeletionTimestamp, updated.Metadata.DeletionGracePeriodSeconds));
    }

    [Fact]
    public async Task Owned_objects_go_with_their_owner_down_a_chain()
    {
        var store = await StartStoreAsync();
        var first = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var second = (await store.CreateAsync(ASecret("b", first), Ct)).Stored();
        var third = (await store.CreateAsync(ASecret("c", second), Ct)).Stored();
        var bystander = (await store.CreateAsync(ASecret("d"), Ct)).Stored();

        await store.DeleteAsync(first.Key, Preconditions.None, Ct);

        await GoneAsync(store, second.Key);
        await GoneAsync(store, third.Key);
        Assert.NotNull(await store.GetAsync(bystander.Key, Ct));
    }

    [Fact]
    public async Task An_object_of_several_owners_stays_until_the_last_one_goes()
    {
        var store = await StartStoreAsync();
        var first = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var second = (await store.CreateAsync(AService("b"), Ct)).Stored();
        var both = (await store.CreateAsync(ASecret("s", first, second), Ct)).Stored();

        await store.DeleteAsync(first.Key, Preconditions.None, Ct);
        Assert.NotNull(await store.GetAsync(both.Key, Ct));

        await store.DeleteAsync(second.Key, Preconditions.None, Ct);
        await GoneAsync(store, both.Key);
    }

    [Fact]
    public async Task An_owned_object_that_a_finalizer_holds_is_marked()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(AService("a"), Ct)).Stored();
        var held = (await store.CreateAsync(WithFinalizers(ASecret("s", owner), "orrery.dev/one"), Ct)).Stored();

        await store.DeleteAsync(owner.Key, Preconditions.None, Ct);

        var marked = await Eventually.SeesAsync(
            async () => await store.GetAsync(held.Key, Ct) is { Metadata.DeletionTimestamp: not null } seen ? seen : null, () => "not marked");
        (await store.UpdateAsync(WithFinalizers(marked), Ct)).Stored();
        Assert.Null(await store.GetAsync(held.Key, Ct));
    }

    [Fact]
    public async Task An_object_created_for_an_owner_that_is_gone_goes_too()
    {
        var store = await StartStoreAsync();
        var owner = (await store.CreateAsync(AService("a"), Ct)).Stored();
        await store.DeleteAsync(owner.Key, Preconditions.None, Ct);
        await store.CreateAsync(AService("a"), Ct);

        var late = (await store.CreateAsync(ASecret("s", owner), Ct)).Stored();

        await GoneAsync(store, late.Key);
    }

    [Fact]
    public async Task A_namespace_takes_along_what_is_in_it()
    {
        var store = await StartStoreAsync();
        var ns = await MakeNamespaceAsync(store, "doomed");
        var inside = (await store.CreateAsync(AService("a", "doomed"), Ct)).Stored();
        var outside = (await store.CreateAsync(AService("a"), Ct)).Stored();

        await store.DeleteAsync(ns.Key, Preconditions.None, Ct);

        await GoneAsync(store, inside.Key);
        Assert.NotNull(await store.GetAsync(outside.Key, Ct));
    }

    [Fact]
    public async Task A_namespace_waits_for_what_finalizers_hold_and_takes_nothing_new()
    {
        var store = await StartStoreAsync();
        var ns = await MakeNamespaceAsync(store, "doomed");
        var held = (await store.CreateAsync(AService("held", "doomed").Edit(j => j["metadata"]!["finalizers"] = new JsonArray("example.dev/hold")), Ct)).Stored();

        await store.DeleteAsync(ns.Key, Preconditions.None, Ct);
        var waiting = (await store.GetAsync(ns.Key, Ct))!;
        var late = await store.CreateAsync(AService("late", "doomed"), Ct);
        var marked = (await store.GetAsync(held.Key, Ct))!;
        (await store.UpdateAsync(marked.Edit(j => j["metadata"]!["finalizers"] = new JsonArray()), Ct)).Stored();

        Assert.NotNull(waiting.Metadata.DeletionTimestamp);
        Assert.IsType<WriteOutcome.Forbidden>(late);
        await GoneAsync(store, held.Key);
        await GoneAsync(store, ns.Key);
    }

    [Fact]
    public async Task The_default_namespace_stays()
    {
        var store = await StartStoreAsync();
        var key = Orrery.Resources.Standard.Namespace.Kind.Key("default");

        Assert.IsType<WriteOutcome.Forbidden>(await store.DeleteAsync(key, Preconditions.None, Ct));
        Assert.NotNull(await store.GetAsync(key, Ct));
    }

    [Fact]
    public async Task A_merge_patch_removes_merges_and_replaces()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a").Edit(j => j["metadata"]!["labels"] = new JsonObject { ["x"] = "1", ["y"] = "2" }), Ct)).Stored();
        var patch = JsonNode.Parse("""{"metadata":{"labels":{"x":null,"z":"3"}},"spec":{"model":{"name":"other"}}}""")!.AsObject();

        var patched = (await store.MergePatchAsync(created.Key, patch, status: false, Ct)).Stored();

        Assert.Equal(["y", "z"], patched.Metadata.Labels!.Keys.Order());
        Assert.Equal("other", patched.As<InferenceService>().Spec.Model!.Name);
        Assert.Equal(2, patched.Metadata.Generation);
    }

    [Fact]
    public async Task Merge_patches_that_race_all_take_effect()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(ASecret("s"), Ct)).Stored();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var patch = new JsonObject { ["stringData"] = new JsonObject { [$"k{i}"] = "v" } };
            (await store.MergePatchAsync(created.Key, patch, status: false, Ct)).Stored();
        }));

        Assert.Equal(8, (await store.GetAsync<Secret>("default", "s", Ct))!.Data!.Count);
    }

    [Fact]
    public async Task A_merge_patch_that_names_a_stale_version_conflicts()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();
        (await store.UpdateAsync(WithModel(created, "b"), Ct)).Stored();
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = created.Metadata.ResourceVersion, ["labels"] = new JsonObject { ["x"] = "1" } } };

        Assert.IsType<WriteOutcome.Conflict>(await store.MergePatchAsync(created.Key, patch, status: false, Ct));
    }

    [Fact]
    public async Task A_merge_patch_cannot_rename()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        Assert.IsType<WriteOutcome.Unpatched>(
            await store.MergePatchAsync(created.Key, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "b" } }, status: false, Ct));
    }

    private static async Task GoneAsync(IResourceStore store, ResourceKey key)
        => await Eventually.SeesAsync(async () => await store.GetAsync(key, Ct) is null ? "gone" : null, () => $"{key} is still there");
}
