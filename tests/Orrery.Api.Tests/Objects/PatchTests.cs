using System.Text.Json.Nodes;
using Orrery.Resources.Apply;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Objects;

/// <summary>Patches, apply and dry runs over HTTP: codes, Status and headers. What patches do is tested beside them.</summary>
public sealed class PatchTests
{
    private const string One = $"{TestApi.Services}/stories";
    private const string ApplyType = "application/apply-patch+yaml";
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergeType = "application/merge-patch+json";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Applying_creates_then_changes_and_conflicts_are_told_field_by_field()
    {
        await using var api = await TestApi.StartAsync();

        var (first, _) = await api.SendAsync("PATCH", $"{One}?fieldManager=alice", Configuration("minReplicas: 1"), ApplyType);
        var (again, _) = await api.SendAsync("PATCH", $"{One}?fieldManager=alice", Configuration("minReplicas: 2, maxReplicas: 3"), ApplyType);
        var (refused, status) = await api.SendAsync("PATCH", $"{One}?fieldManager=bob", Configuration("minReplicas: 4, maxReplicas: 5"), ApplyType);
        var (forced, forcedBody) = await api.SendAsync("PATCH", $"{One}?fieldManager=bob&force=true", Configuration("minReplicas: 3"), ApplyType);

        Assert.Equal((201, 200, 409, 200), (first, again, refused, forced));
        Assert.Equal(
            "Apply failed with 2 conflicts: conflicts with \"alice\":\n- .spec.engine.maxReplicas\n- .spec.engine.minReplicas", (string?)status["message"]);
        Assert.Equal(
            """[{"reason":"FieldManagerConflict","message":"conflict with \u0022alice\u0022","field":".spec.engine.maxReplicas"},{"reason":"FieldManagerConflict","message":"conflict with \u0022alice\u0022","field":".spec.engine.minReplicas"}]""",
            status["details"]!["causes"]!.ToJsonString());
        Assert.Equal(3, (int?)forcedBody["spec"]!["engine"]!["minReplicas"]);
        Assert.Equal(3, (int?)forcedBody["spec"]!["engine"]!["maxReplicas"]);
    }

    [Theory]
    [InlineData("no manager", "", 422, "fieldManager: Required value")]
    [InlineData("a manager of 129", "fieldManager=LONG", 422, "fieldManager: Too long")]
    [InlineData("a manager that cannot be printed", "fieldManager=a%00b", 422, "fieldManager: Invalid value")]
    [InlineData("another dry run", "fieldManager=a&dryRun=Some", 422, "dryRun: Unsupported value: \"Some\"")]
    [InlineData("another force", "fieldManager=a&force=perhaps", 422, "force:")]
    public async Task The_query_of_an_apply_is_checked(string because, string query, int expected, string message)
    {
        await using var api = await TestApi.StartAsync();

        var (code, body) = await api.SendAsync(
            "PATCH", $"{One}?{query.Replace("LONG", new string('a', 129), StringComparison.Ordinal)}", Configuration("minReplicas: 1"), ApplyType);

        Assert.True(code == expected && ((string?)body["message"])!.Contains(message, StringComparison.Ordinal), $"{because}: {code} {body}");
        Assert.Equal("PatchOptions", (string?)body["details"]!["kind"]);
        Assert.Empty((await api.Store.ListAsync(InferenceService.Kind, null, Ct)).Items);
    }

    [Theory]
    [InlineData("force is for apply", MergeType, "force=true", "{}", 422)]
    [InlineData("no array", JsonPatchType, "", "{}", 400)]
    [InlineData("no object in the array", JsonPatchType, "", "[1]", 400)]
    [InlineData("an unknown operation", JsonPatchType, "", """[{"op":"twist","path":"/spec"}]""", 422)]
    [InlineData("no pointer", JsonPatchType, "", """[{"op":"remove","path":"spec"}]""", 422)]
    [InlineData("a failing test", JsonPatchType, "", """[{"op":"test","path":"/spec/model/name","value":"x"}]""", 422)]
    [InlineData("another name", JsonPatchType, "", """[{"op":"replace","path":"/metadata/name","value":"x"}]""", 400)]
    [InlineData("another namespace", JsonPatchType, "", """[{"op":"replace","path":"/metadata/namespace","value":"x"}]""", 400)]
    [InlineData("another kind", JsonPatchType, "", """[{"op":"replace","path":"/kind","value":"BaseModel"}]""", 422)]
    [InlineData("an unknown kind", JsonPatchType, "", """[{"op":"replace","path":"/kind","value":"Nothing"}]""", 422)]
    [InlineData("no object left", JsonPatchType, "", """[{"op":"replace","path":"","value":1}]""", 422)]
    [InlineData("a value of the wrong type", JsonPatchType, "", """[{"op":"add","path":"/spec/model/name","value":[]}]""", 422)]
    [InlineData("a stale version", JsonPatchType, "", """[{"op":"replace","path":"/metadata/resourceVersion","value":"1"}]""", 409)]
    [InlineData("an unknown field, strictly", JsonPatchType, "fieldValidation=Strict", """[{"op":"add","path":"/spec/nonsense","value":1}]""", 422)]
    [InlineData("an unknown field, strictly, merged", MergeType, "fieldValidation=Strict", """{"spec":{"nonsense":1}}""", 422)]
    [InlineData("owners in a configuration", ApplyType, "fieldManager=a", """{"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{"name":"stories","managedFields":[{"manager":"x","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1"}]}}""", 400)]
    [InlineData("a configuration of another version", ApplyType, "fieldManager=a", """{"apiVersion":"orrery.dev/v1","kind":"InferenceService","metadata":{"name":"stories"}}""", 400)]
    [InlineData("a configuration that is no object", ApplyType, "fieldManager=a", "- a", 400)]
    public async Task What_cannot_be_done_changes_nothing(string because, string type, string query, string patch, int expected)
    {
        await using var api = await TestApi.StartAsync();
        var before = await api.CreateAsync("stories");

        var (code, body) = await api.SendAsync("PATCH", $"{One}?{query}", patch, type);

        Assert.True(code == expected && (int?)body["code"] == expected, $"{because}: expected {expected}, got {code}: {body}");
        Assert.Equal(before.Metadata.ResourceVersion, (await api.Store.GetAsync(before.Key, Ct))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_bomb_of_copies_is_refused_while_it_is_small()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        string doubling = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""{"op":"copy","from":"/metadata/annotations","path":"/metadata/annotations/x{{i}}"}"""));
        string deepening = string.Join(',', Enumerable.Range(0, 100).Select(i => $$$"""{"op":"add","path":"/spec{{{string.Concat(Enumerable.Repeat("/a", i + 1))}}}","value":{}}"""));

        var (doubled, _) = await api.SendAsync("PATCH", One, $$$"""[{"op":"add","path":"/metadata/annotations","value":{"a":"b"}},{{{doubling}}}]""", JsonPatchType);
        var (deep, _) = await api.SendAsync("PATCH", One, $"[{deepening}]", JsonPatchType);
        var (many, _) = await api.SendAsync("PATCH", One, $"[{string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/a"}""", 10_001))}]", JsonPatchType);

        Assert.Equal((413, 422, 413), (doubled, deep, many));
    }

    [Theory]
    [InlineData("POST", TestApi.Services, "application/json", """{"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{"name":"new"},"spec":{"model":{"name":"m"}}}""", 201)]
    [InlineData("PATCH", One, MergeType, """{"spec":{"engine":{"minReplicas":2}}}""", 200)]
    [InlineData("PATCH", $"{One}/status", MergeType, """{"status":{"runtime":"tiny"}}""", 200)]
    [InlineData("PATCH", One, JsonPatchType, """[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]""", 200)]
    [InlineData("PATCH", $"{TestApi.Services}/new", ApplyType, """{"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{"name":"new"},"spec":{"model":{"name":"m"}}}""", 201)]
    [InlineData("DELETE", One, "application/json", null, 200)]
    [InlineData("DELETE", One, "application/json", """{"dryRun":["All"]}""", 200)]
    public async Task Every_verb_can_be_tried_without_doing_it(string method, string path, string type, string? body, int expected)
    {
        await using var api = await TestApi.StartAsync();
        var before = await api.CreateAsync("stories");
        string query = body?.Contains("dryRun", StringComparison.Ordinal) == true ? "" : "?dryRun=All&fieldManager=test";

        var (code, answer) = await api.SendAsync(method, path + query, body, type);

        Assert.True(code == expected, $"expected {expected}, got {code}: {answer}");
        Assert.Equal(before.Utf8.ToArray(), Assert.Single((await api.Store.ListAsync(InferenceService.Kind, null, Ct)).Items).Utf8.ToArray());
    }

    [Fact]
    public async Task The_manager_is_the_query_or_the_clients_name()
    {
        await using var api = await TestApi.StartAsync();
        api.Client.DefaultRequestHeaders.UserAgent.ParseAdd("curl/8.0 (x)");

        var (_, created) = await api.SendAsync("POST", TestApi.Services, TestApi.Json("stories"));
        var (_, labelled) = await api.SendAsync("PATCH", $"{One}?fieldManager=labeller", """{"metadata":{"labels":{"a":"b"}}}""", MergeType);

        Assert.Equal(["curl"], Managers(created));
        Assert.Equal(["curl", "labeller"], Managers(labelled));
    }

    [Fact]
    public async Task Unknown_fields_that_a_patch_brings_are_warned_of_once()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        async Task<IEnumerable<string>> WarningsAsync(string patch)
        {
            using var content = new StringContent(patch);
            content.Headers.ContentType = new(MergeType);
            using var response = await api.Client.PatchAsync(One, content, Ct);
            Assert.True(response.IsSuccessStatusCode);
            return response.Headers.TryGetValues("Warning", out var warnings) ? warnings : [];
        }

        Assert.Equal(["299 - \"unknown field \\\"spec.nonsense\\\"\""], await WarningsAsync("""{"spec":{"nonsense":1}}"""));
        Assert.Empty(await WarningsAsync("""{"spec":{"engine":{"minReplicas":2}}}"""));
    }

    [Fact]
    public async Task Core_kinds_take_strategic_merges_and_updates_without_a_version()
    {
        await using var api = await TestApi.StartAsync();
        const string Secrets = "/api/v1/namespaces/default/secrets";
        const string Strategic = "application/strategic-merge-patch+json";
        await api.SendAsync("POST", Secrets, """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","finalizers":["a.dev/x"]},"data":{"a":"MQ==","b":"Mg=="}}""");

        var (merged, body) = await api.SendAsync("PATCH", $"{Secrets}/s", """{"metadata":{"finalizers":["b.dev/y"]},"data":{"a":null,"c":"Mw=="}}""", Strategic);
        var (malformed, _) = await api.SendAsync("PATCH", $"{Secrets}/s", """{"data":{"$patch":"twist"}}""", Strategic);
        var (replaced, _) = await api.SendAsync("PUT", $"{Secrets}/s", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"z":"MQ=="}}""");
        var (absent, _) = await api.SendAsync("PUT", $"{Secrets}/absent", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"absent"}}""");

        Assert.Equal((200, 400, 200, 404), (merged, malformed, replaced, absent));
        Assert.Equal("""["b.dev/y","a.dev/x"]""", body["metadata"]!["finalizers"]!.ToJsonString());
        Assert.Equal("""{"b":"Mg==","c":"Mw=="}""", body["data"]!.ToJsonString());
        Assert.Equal(["z"], (await api.Store.GetAsync<Secret>("default", "s", Ct))!.Data!.Keys);
    }

    private static string Configuration(string engine)
        => $"apiVersion: orrery.dev/v1alpha1\nkind: InferenceService\nmetadata: {{name: stories}}\nspec: {{model: {{name: m}}, engine: {{{engine}}}}}\n";

    private static IEnumerable<string> Managers(JsonObject body) => ManagedFields.Read(body["metadata"]!["managedFields"])!.Entries.Select(e => e.Id.Manager).Order();
}
