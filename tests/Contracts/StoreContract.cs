using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Contracts;

/// <summary>What every store must do. Each store's test class inherits this; a behaviour without a test here is not promised.</summary>
public abstract partial class StoreContract
{
    /// <summary>An empty store with the namespace <c>default</c>.</summary>
    /// <param name="history">Changes that a watch can resume over, where the store lets one choose.</param>
    protected abstract Task<IResourceStore> StartStoreAsync(int history = ResourceStore.DefaultHistory);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_does_not_grow_without_end()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        var grown = await store.MergePatchAsync(created.Key, new JsonObject { ["spec"] = new JsonObject { ["note"] = new string('x', Document.MaxBytes) } }, status: false, Ct);

        Assert.IsType<WriteOutcome.Invalid>(grown);
        Assert.Equal(created.Metadata.ResourceVersion, (await store.GetAsync(created.Key, Ct))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task An_empty_uid_is_none_to_an_update_and_a_wrong_one_to_a_delete()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        var updated = await store.UpdateAsync(created.Edit(j =>
        {
            j["metadata"]!["uid"] = "";
            j["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };
        }), Ct);

        Assert.Equal(created.Metadata.Uid, updated.Stored().Metadata.Uid);
        Assert.IsType<WriteOutcome.Conflict>(await store.DeleteAsync(created.Key, new Preconditions(""), Ct));
    }

    [Fact]
    public async Task A_created_object_is_read_back_stamped()
    {
        var store = await StartStoreAsync();

        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        Assert.NotEmpty(created.Metadata.Uid!);
        Assert.NotEmpty(created.Metadata.ResourceVersion!);
        Assert.Equal(1, created.Metadata.Generation);
        Assert.NotNull(created.Metadata.CreationTimestamp);
        var read = (await store.GetAsync(created.Key, Ct))!;
        Assert.Equal(created.Metadata.ResourceVersion, read.Metadata.ResourceVersion);
        Assert.Equal("stories", read.As<InferenceService>().Spec.Model!.Name);
    }

    [Fact]
    public async Task A_missing_object_is_null_and_cannot_be_written()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();
        await store.DeleteAsync(created.Key, Preconditions.None, Ct);

        Assert.Null(await store.GetAsync(created.Key, Ct));
        Assert.IsType<WriteOutcome.NotFound>(await store.UpdateAsync(created, Ct));
        Assert.IsType<WriteOutcome.NotFound>(await store.UpdateStatusAsync(created, Ct));
        Assert.IsType<WriteOutcome.NotFound>(await store.DeleteAsync(created.Key, Preconditions.None, Ct));
        Assert.IsType<WriteOutcome.NotFound>(await store.MergePatchAsync(created.Key, [], status: false, Ct));
    }

    [Fact]
    public async Task Creating_a_name_twice_is_refused()
    {
        var store = await StartStoreAsync();
        var first = (await store.CreateAsync(AService("a"), Ct)).Stored();

        Assert.Equal(first.Key, Assert.IsType<WriteOutcome.AlreadyExists>(await store.CreateAsync(AService("a"), Ct)).Key);
        Assert.Equal(first.Metadata.Uid, (await store.GetAsync(first.Key, Ct))!.Metadata.Uid);
    }

    [Fact]
    public async Task A_missing_namespace_is_named()
    {
        var store = await StartStoreAsync();

        var refused = Assert.IsType<WriteOutcome.NotFound>(await store.CreateAsync(AService("a", "elsewhere"), Ct));

        Assert.Equal(Namespace.Kind.Key("elsewhere"), refused.Key);
    }

    [Fact]
    public async Task A_list_holds_one_namespace_or_all_and_a_version_to_watch_from()
    {
        var store = await StartStoreAsync();
        await MakeNamespaceAsync(store, "other");
        foreach (var document in new[] { AService("b"), AService("a"), AService("c", "other"), ASecret("s") })
            (await store.CreateAsync(document, Ct)).Stored();

        var one = await store.ListAsync(InferenceService.Kind, "default", Ct);
        var all = await store.ListAsync(InferenceService.Kind, null, Ct);

        Assert.Equal(["a", "b"], one.Items.Select(d => d.Metadata.Name));
        Assert.Equal(["a", "b", "c"], all.Items.Select(d => d.Metadata.Name));
        Assert.NotEmpty(all.ResourceVersion);
    }

    [Fact]
    public async Task Only_a_change_of_the_spec_raises_the_generation()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        var labelled = (await store.UpdateAsync(created.Edit(j => j["metadata"]!["labels"] = new JsonObject { ["team"] = "x" }), Ct)).Stored();
        var respecified = (await store.UpdateAsync(labelled.Edit(j => j["spec"]!["engine"] = new JsonObject { ["minReplicas"] = 2 }), Ct)).Stored();

        Assert.Equal(1, labelled.Metadata.Generation);
        Assert.Equal(2, respecified.Metadata.Generation);
        Assert.NotEqual(labelled.Metadata.ResourceVersion, respecified.Metadata.ResourceVersion);
        Assert.Equal(created.Metadata.Uid, respecified.Metadata.Uid);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_makes_no_version()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        var same = (await store.UpdateAsync(created, Ct)).Stored();

        Assert.Equal(created.Metadata.ResourceVersion, same.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Of_two_writers_that_read_the_same_version_the_second_conflicts()
    {
        var store = await StartStoreAsync();
        var read = (await store.CreateAsync(AService("a"), Ct)).Stored();

        (await store.UpdateAsync(WithModel(read, "first"), Ct)).Stored();

        Assert.IsType<WriteOutcome.Conflict>(await store.UpdateAsync(WithModel(read, "second"), Ct));
        Assert.IsType<WriteOutcome.Conflict>(await store.UpdateStatusAsync(WithStatus(read, "second"), Ct));
        Assert.IsType<WriteOutcome.Conflict>(await store.DeleteAsync(read.Key, new Preconditions(ResourceVersion: read.Metadata.ResourceVersion), Ct));
        Assert.IsType<WriteOutcome.Conflict>(await store.DeleteAsync(read.Key, new Preconditions(Uid: "of-another"), Ct));
        Assert.Equal("first", (await store.GetAsync<InferenceService>("default", "a", Ct))!.Spec.Model!.Name);
    }

    [Fact]
    public async Task An_invalid_object_is_refused_with_every_problem_and_its_field()
    {
        var store = await StartStoreAsync();
        var bad = Document.From(new JsonObject
        {
            ["apiVersion"] = "orrery.dev/v1alpha1",
            ["kind"] = "InferenceService",
            ["metadata"] = new JsonObject { ["name"] = "../Bad", ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["model"] = new JsonObject { ["kind"] = "Secret" }, ["runtime"] = new JsonObject { ["name"] = "" } },
        });

        var refused = Assert.IsType<WriteOutcome.Invalid>(await store.CreateAsync(bad, Ct));

        foreach (string field in new[] { "metadata.name:", "spec.model.name:", "spec.model.kind:", "spec.runtime.name:" })
            Assert.Contains(refused.Problems, p => p.StartsWith(field, StringComparison.Ordinal));
        Assert.Empty((await store.ListAsync(InferenceService.Kind, null, Ct)).Items);
    }

    [Fact]
    public async Task An_invalid_update_leaves_the_object_as_it_was()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(AService("a"), Ct)).Stored();

        Assert.IsType<WriteOutcome.Invalid>(await store.UpdateAsync(WithModel(created, ""), Ct));
        Assert.IsType<WriteOutcome.Invalid>(await store.UpdateAsync(created.Edit(j => j["metadata"]!.AsObject().Remove("resourceVersion")), Ct));

        Assert.Equal(created.Metadata.ResourceVersion, (await store.GetAsync(created.Key, Ct))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_generated_name_is_the_prefix_and_something_random()
    {
        var store = await StartStoreAsync();
        var asked = AService("ignored").Edit(j =>
        {
            j["metadata"]!.AsObject().Remove("name");
            j["metadata"]!["generateName"] = "run-";
        });

        string first = (await store.CreateAsync(asked, Ct)).Stored().Metadata.Name!;
        string second = (await store.CreateAsync(asked, Ct)).Stored().Metadata.Name!;

        Assert.Matches("^run-[a-z0-9]{5,}$", first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Fields_that_nobody_knows_survive()
    {
        var store = await StartStoreAsync();
        var asked = AService("a").Edit(j => j["spec"]!["fromTheFuture"] = new JsonArray(1, "zwei", new JsonObject { ["x"] = true }));
        var created = (await store.CreateAsync(asked, Ct)).Stored();

        (await store.UpdateStatusAsync(WithStatus(created, "r"), Ct)).Stored();

        Assert.Equal("""[1,"zwei",{"x":true}]""", (await store.GetAsync(created.Key, Ct))!.ToJson()["spec"]!["fromTheFuture"]!.ToJsonString());
    }

    [Fact]
    public async Task Status_is_written_through_status_alone_and_spec_without_it()
    {
        var store = await StartStoreAsync();
        var created = (await store.CreateAsync(WithStatus(AService("a"), "sneaked-in"), Ct)).Stored();
        Assert.Null(created.As<InferenceService>().Status);

        var reported = (await store.UpdateStatusAsync(WithStatus(WithModel(created, "ignored"), "chosen"), Ct)).Stored();
        Assert.Equal("chosen", reported.As<InferenceService>().Status!.Runtime);
        Assert.Equal("stories", reported.As<InferenceService>().Spec.Model!.Name);
        Assert.Equal(1, reported.Metadata.Generation);

        var respecified = (await store.UpdateAsync(WithStatus(WithModel(reported, "new"), "ignored"), Ct)).Stored();
        Assert.Equal("chosen", respecified.As<InferenceService>().Status!.Runtime);
        Assert.Equal("new", respecified.As<InferenceService>().Spec.Model!.Name);
    }

    protected static Document AService(string name, string ns = "default") => Document.From(new InferenceService
    {
        Metadata = new Metadata { Name = name, Namespace = ns },
        Spec = new InferenceServiceSpec { Model = new ModelReference { Name = "stories" } },
    });

    protected static Document ASecret(string name, params ReadOnlySpan<Document> owners) => Document.From(new Secret
    {
        Metadata = new Metadata { Name = name, Namespace = "default", OwnerReferences = owners.Length == 0 ? null : [.. owners.ToArray().Select(Reference)] },
    });

    protected static Document WithModel(Document service, string model) => service.Edit(j => j["spec"]!["model"]!["name"] = model);

    protected static Document WithStatus(Document service, string runtime) => service.Edit(j => j["status"] = new JsonObject { ["runtime"] = runtime });

    protected static Document WithFinalizers(Document document, params string[] finalizers)
        => document.Edit(j => j["metadata"]!["finalizers"] = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]));

    protected static async Task<Document> MakeNamespaceAsync(IResourceStore store, string name)
        => (await store.CreateAsync(Document.From(new Namespace { Metadata = new Metadata { Name = name } }), Ct)).Stored();

    private static OwnerReference Reference(Document owner) => new()
    {
        ApiVersion = owner.Kind.ApiVersion,
        Kind = owner.Kind.Name,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
    };
}
