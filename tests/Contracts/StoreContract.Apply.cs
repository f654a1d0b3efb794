using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Apply;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Applying_creates_and_owns_what_it_says()
    {
        var store = await StartStoreAsync();

        var done = Assert.IsType<WriteOutcome.Done>(await ApplyAsync(store, "alice", """{"labels":{"a":"1"}}""", """{"model":{"name":"m"}}"""));

        Assert.True(done.Created);
        var entry = Assert.Single(Owners(done.Document).Entries);
        Assert.Equal(new ManagerId("alice", "Apply", "orrery.dev/v1alpha1"), entry.Id);
        Assert.Equal("""{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:model":{"f:name":{}}}}""", FieldsV1.Write(entry.Fields).ToJsonString());
    }

    [Fact]
    public async Task Applying_the_same_again_makes_no_version()
    {
        var store = await StartStoreAsync();
        var first = (await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"}}""")).Stored();

        var second = Assert.IsType<WriteOutcome.Done>(await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"}}"""));

        Assert.False(second.Created);
        Assert.Equal(first.Metadata.ResourceVersion, second.Document.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Applying_again_without_any_metadata_leaves_the_object_its_name()
    {
        var store = await StartStoreAsync();
        var first = (await ApplyAsync(store, "alice", """{"labels":{"a":"1"}}""", """{"model":{"name":"m"},"engine":{"minReplicas":1,"maxReplicas":2}}""")).Stored();

        var second = (await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"},"engine":{"minReplicas":1}}""")).Stored();

        Assert.Equal((first.Key, first.Metadata.Uid), (second.Key, second.Metadata.Uid));
        Assert.Null(second.Metadata.Labels);
        Assert.Equal("""{"model":{"name":"m"},"engine":{"minReplicas":1}}""", second.ToJson()["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task What_a_manager_no_longer_applies_goes_unless_another_has_it()
    {
        var store = await StartStoreAsync();
        (await ApplyAsync(store, "alice", """{"labels":{"a":"1","both":"x"}}""", """{"model":{"name":"m"},"engine":{"minReplicas":1}}""")).Stored();
        (await ApplyAsync(store, "bob", """{"labels":{"both":"x"}}""", """{"model":{"name":"m"},"engine":{"maxReplicas":4}}""")).Stored();

        var after = (await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"}}""")).Stored().As<InferenceService>();

        Assert.Equal("x", Assert.Single(after.Metadata.Labels!).Value);
        Assert.Equal((null, 4), (after.Spec.Engine!.MinReplicas, after.Spec.Engine.MaxReplicas));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"labels":{}}""")]
    public async Task What_nobody_owns_stays_when_all_that_was_applied_beside_it_goes(string metadata)
    {
        var store = await StartStoreAsync();
        var first = (await ApplyAsync(store, "alice", """{"labels":{"a":"1"},"annotations":{"b":"2"}}""", """{"model":{"name":"m"},"engine":{"minReplicas":1,"maxReplicas":2}}""")).Stored();

        var after = (await ApplyAsync(store, "alice", metadata, """{"model":{"name":"m"},"engine":{"minReplicas":1}}""")).Stored();

        Assert.Equal(first.Metadata.Uid, after.Metadata.Uid);
        Assert.Empty(after.Metadata.Labels ?? new Dictionary<string, string>());
        Assert.Empty(after.Metadata.Annotations ?? new Dictionary<string, string>());
        Assert.Null(after.As<InferenceService>().Spec.Engine!.MaxReplicas);
    }

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_until_it_is_forced()
    {
        var store = await StartStoreAsync();
        (await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"},"engine":{"minReplicas":1}}""")).Stored();

        var refused = Assert.IsType<WriteOutcome.Conflict>(await ApplyAsync(store, "bob", "{}", """{"model":{"name":"m"},"engine":{"minReplicas":2}}"""));
        var forced = (await ApplyAsync(store, "bob", "{}", """{"model":{"name":"m"},"engine":{"minReplicas":2}}""", force: true)).Stored();

        Assert.Equal("Apply failed with 1 conflict: conflict with \"alice\": .spec.engine.minReplicas", refused.Message);
        Assert.Equal(new FieldConflict(".spec.engine.minReplicas", "conflict with \"alice\""), Assert.Single(refused.Fields));
        Assert.Equal(2, forced.As<InferenceService>().Spec.Engine!.MinReplicas);
        Assert.Equal("""{"f:spec":{"f:model":{"f:name":{}}}}""", FieldsOf(forced, "alice"));
    }

    [Fact]
    public async Task An_update_takes_the_fields_that_it_changes_and_no_others()
    {
        var store = await StartStoreAsync();
        var applied = (await ApplyAsync(store, "alice", """{"labels":{"a":"1"}}""", """{"model":{"name":"m"},"engine":{"minReplicas":1}}""")).Stored();

        var updated = (await store.UpdateAsync(applied.Edit(j => j["spec"]!["engine"]!["minReplicas"] = 5), new WriteOptions { FieldManager = "editor" }, Ct)).Stored();
        var reported = (await store.UpdateStatusAsync(WithStatus(updated, "tiny"), new WriteOptions { FieldManager = "controller" }, Ct)).Stored();

        Assert.Equal("""{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:model":{"f:name":{}}}}""", FieldsOf(reported, "alice"));
        Assert.Equal("""{"f:spec":{"f:engine":{"f:minReplicas":{}}}}""", FieldsOf(reported, "editor"));
        Assert.Equal("""{"f:status":{".":{},"f:runtime":{}}}""", FieldsOf(reported, "controller"));
        Assert.Equal("status", Owners(reported).Entries.Single(e => e.Id.Manager == "controller").Id.Subresource);
    }

    [Fact]
    public async Task A_client_that_does_not_know_of_owners_does_not_remove_them_and_one_that_does_can_reset_them()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        var unaware = (await store.UpdateAsync(WithModel(created, "other").Edit(j => j["metadata"]!.AsObject().Remove("managedFields")), Ct)).Stored();
        var emptied = (await store.UpdateAsync(unaware.Edit(j => j["metadata"]!["managedFields"] = new JsonArray()), Ct)).Stored();
        var reset = (await store.UpdateAsync(emptied.Edit(j => j["metadata"]!["managedFields"] = new JsonArray(new JsonObject())), Ct)).Stored();

        Assert.NotEmpty(Owners(unaware).Entries);
        Assert.NotEmpty(Owners(emptied).Entries);
        Assert.Empty(Owners(reset).Entries);
    }

    [Fact]
    public async Task An_object_without_owners_gets_one_for_what_it_had_when_it_is_first_applied()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();
        (await store.UpdateAsync(created.Edit(j => j["metadata"]!["managedFields"] = new JsonArray(new JsonObject())), Ct)).Stored();

        var refused = Assert.IsType<WriteOutcome.Conflict>(await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"}}"""));
        var applied = (await ApplyAsync(store, "alice", """{"labels":{"a":"1"}}""", """{"model":{"name":"stories"}}""")).Stored();

        Assert.Equal("conflict with \"before-first-apply\" using orrery.dev/v1alpha1", Assert.Single(refused.Fields).Message);
        Assert.Equal(["alice", "before-first-apply"], Owners(applied).Entries.Select(e => e.Id.Manager).Order());
    }

    [Fact]
    public async Task A_status_is_applied_through_its_own_door()
    {
        var store = await StartStoreAsync();
        var configuration = AService("a").Edit(j => j["status"] = new JsonObject { ["runtime"] = "tiny" });
        var options = new ApplyOptions { FieldManager = "controller", Status = true };

        Assert.IsType<WriteOutcome.NotFound>(await store.ApplyAsync(configuration, options, Ct));
        (await store.CreateAsync(WithModel(AService("a"), "other"), Ct)).Stored();
        var applied = (await store.ApplyAsync(configuration, options, Ct)).Stored();

        Assert.Equal(("tiny", "other"), (applied.As<InferenceService>().Status!.Runtime, applied.As<InferenceService>().Spec.Model!.Name));
        Assert.Equal("""{"f:status":{"f:runtime":{}}}""", FieldsOf(applied, "controller"));
    }

    [Fact]
    public async Task An_applied_version_or_uid_must_be_the_objects()
    {
        var store = await StartStoreAsync();
        var first = (await ApplyAsync(store, "alice", "{}", """{"model":{"name":"m"}}""")).Stored();

        Assert.IsType<WriteOutcome.Conflict>(await ApplyAsync(store, "alice", """{"resourceVersion":"1"}""", """{"model":{"name":"n"}}"""));
        Assert.IsType<WriteOutcome.Conflict>(await ApplyAsync(store, "alice", """{"uid":"another"}""", """{"model":{"name":"n"}}"""));
        Assert.IsType<WriteOutcome.Invalid>(await ApplyAsync(store, "alice", "{}", """{"model":{"name":""}}"""));
        (await ApplyAsync(store, "alice", $$"""{"resourceVersion":"{{first.Metadata.ResourceVersion}}"}""", """{"model":{"name":"n"}}""")).Stored();
        Assert.IsType<WriteOutcome.Conflict>(await ApplyAsync(store, "alice", """{"uid":"another"}""", "{}", name: "absent"));
    }

    [Fact]
    public async Task A_dry_run_answers_as_if_and_changes_nothing()
    {
        var store = await StartStoreAsync();
        var dry = new WriteOptions { DryRun = true };
        var there = (await store.CreateAsync(AService("there"), Ct)).Stored();
        string version = (await store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;

        var created = (await store.CreateAsync(AService("a"), dry, Ct)).Stored();
        var updated = (await store.UpdateAsync(WithModel(there, "other"), dry, Ct)).Stored();
        var reported = (await store.UpdateStatusAsync(WithStatus(there, "tiny"), dry, Ct)).Stored();
        var applied = (await store.ApplyAsync(AService("b"), new ApplyOptions { FieldManager = "alice", DryRun = true }, Ct)).Stored();
        (await store.DeleteAsync(there.Key, Preconditions.None, dry, Ct)).Stored();

        Assert.Null(created.Metadata.ResourceVersion);
        Assert.NotNull(created.Metadata.Uid);
        Assert.Equal((2, there.Metadata.ResourceVersion), (updated.Metadata.Generation, updated.Metadata.ResourceVersion));
        Assert.Equal("tiny", reported.As<InferenceService>().Status!.Runtime);
        Assert.Equal("alice", Owners(applied).Entries.Single().Id.Manager);
        Assert.IsType<WriteOutcome.AlreadyExists>(await store.CreateAsync(AService("there"), dry, Ct));
        Assert.IsType<WriteOutcome.Invalid>(await store.UpdateAsync(WithModel(there, ""), dry, Ct));
        var list = await store.ListAsync(InferenceService.Kind, null, Ct);
        Assert.Equal(version, list.ResourceVersion);
        Assert.Equal(there.Utf8.ToArray(), Assert.Single(list.Items).Utf8.ToArray());
    }

    private static Task<WriteOutcome> ApplyAsync(IResourceStore store, string manager, string metadata, string spec, bool force = false, string name = "a")
    {
        var json = JsonNode.Parse($$"""{"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{{metadata}},"spec":{{spec}}}""")!.AsObject();
        json["metadata"]!["name"] = name;
        json["metadata"]!["namespace"] = "default";
        return store.ApplyAsync(Document.From(json), new ApplyOptions { FieldManager = manager, Force = force }, Ct);
    }

    private static ManagedFields Owners(Document document) => ManagedFields.Read(document.ToJson()["metadata"]!["managedFields"])!;

    private static string FieldsOf(Document document, string manager)
        => FieldsV1.Write(Owners(document).Entries.Single(e => e.Id.Manager == manager).Fields).ToJsonString();
}
