using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Objects;

public sealed class ObjectTests
{
    private const string One = $"{TestApi.Services}/stories";
    private const string Patch = "application/merge-patch+json";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_created_is_read_back_with_unknown_fields()
    {
        await using var api = await TestApi.StartAsync();

        var (code, created) = await api.SendAsync("POST", TestApi.Services, TestApi.Json("stories", """{"model":{"name":"m"},"future":{"x":[1]}}"""));
        var (_, read) = await api.SendAsync("GET", One);

        Assert.Equal(201, code);
        Assert.True(JsonNode.DeepEquals(created, read));
        Assert.Equal(1, (int?)read["spec"]!["future"]!["x"]![0]);
        Assert.Equal("default", (string?)read["metadata"]!["namespace"]);
    }

    [Fact]
    public async Task Yaml_bodies_are_read()
    {
        await using var api = await TestApi.StartAsync();

        var (code, body) = await api.SendAsync(
            "POST", TestApi.Services, "apiVersion: orrery.dev/v1alpha1\nkind: InferenceService\nmetadata: {name: stories}\nspec: {model: {name: m}}\n", "application/yaml");

        Assert.True(code == 201, body.ToJsonString());
    }

    [Fact]
    public async Task A_stale_update_conflicts_and_one_without_a_version_is_invalid()
    {
        await using var api = await TestApi.StartAsync();
        var first = await api.CreateAsync("stories");
        await api.SendAsync("PATCH", One, """{"metadata":{"labels":{"a":"b"}}}""", Patch);

        var (stale, conflict) = await api.SendAsync("PUT", One, first.Utf8.ToArray());
        var (without, invalid) = await api.SendAsync("PUT", One, TestApi.Json("stories"));

        Assert.Equal((409, "Conflict"), (stale, (string?)conflict["reason"]));
        Assert.Equal((422, "metadata.resourceVersion"), (without, (string?)invalid["details"]!["causes"]![0]!["field"]));
    }

    [Fact]
    public async Task Status_is_written_through_its_own_door_only()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");

        await api.SendAsync("PATCH", One, """{"status":{"runtime":"ignored"},"spec":{"engine":{"minReplicas":2}}}""", Patch);
        await api.SendAsync("PATCH", $"{One}/status", """{"status":{"runtime":"tiny"},"spec":{"engine":{"minReplicas":9}}}""", Patch);
        var (code, read) = await api.SendAsync("GET", $"{One}/status");

        Assert.Equal(200, code);
        Assert.Equal("tiny", (string?)read["status"]!["runtime"]);
        Assert.Equal(2, (int?)read["spec"]!["engine"]!["minReplicas"]);

        read["status"]!["runtime"] = "other";
        Assert.Equal(200, (await api.SendAsync("PUT", $"{One}/status", read.ToJsonString())).Code);
        Assert.Equal("other", (await api.Store.GetAsync<InferenceService>("default", "stories", Ct))!.Status!.Runtime);
    }

    [Theory]
    [InlineData("another name", """{"metadata":{"name":"other"}}""", 400)]
    [InlineData("another kind", """{"kind":"BaseModel"}""", 400)]
    [InlineData("no metadata", """{"metadata":null}""", 400)]
    [InlineData("an invalid value", """{"spec":{"engine":{"minReplicas":-1}}}""", 422)]
    [InlineData("a stale version", """{"metadata":{"resourceVersion":"1"}}""", 409)]
    [InlineData("nothing", "{}", 200)]
    public async Task A_patch_cannot_do_what_an_update_cannot(string because, string patch, int expected)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");

        var (code, body) = await api.SendAsync("PATCH", One, patch, Patch);

        Assert.True(code == expected, $"{because}: expected {expected}, got {code}: {body}");
    }

    [Theory]
    [InlineData("application/strategic-merge-patch+json")]
    [InlineData("application/json")]
    [InlineData("")]
    public async Task Other_patches_are_refused_by_naming_those_that_work(string type)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");

        var (code, body) = await api.SendAsync("PATCH", One, "{}", type);

        Assert.Equal(415, code);
        Assert.Contains(Patch, (string?)body["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_comes_at_once_with_its_field()
    {
        await using var api = await TestApi.StartAsync();

        var (code, body) = await api.SendAsync(
            "POST", TestApi.Services, TestApi.Json("Bad Name", """{"model":{"name":""},"engine":{"minReplicas":-1}}"""));

        Assert.Equal((422, "Invalid", "InferenceService"), (code, (string?)body["reason"], (string?)body["details"]!["kind"]));
        Assert.Equal(
            ["metadata.name", "spec.model.name", "spec.engine.minReplicas"],
            body["details"]!["causes"]!.AsArray().Select(c => (string?)c!["field"]));
    }

    [Theory]
    [InlineData("fieldValidation=Strict", 400, false)]
    [InlineData("fieldValidation=Warn", 201, true)]
    [InlineData("", 201, true)]
    [InlineData("fieldValidation=Ignore", 201, false)]
    [InlineData("fieldValidation=Maybe", 400, false)]
    public async Task Unknown_fields_are_refused_warned_of_or_kept(string query, int expected, bool warned)
    {
        await using var api = await TestApi.StartAsync();
        using var content = new StringContent(TestApi.Json("stories", """{"model":{"name":"m"},"reticulate\nd":1}"""));
        content.Headers.ContentType = new("application/json");

        using var response = await api.Client.PostAsync($"{TestApi.Services}?{query}", content, Ct);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(warned, response.Headers.TryGetValues("Warning", out var warnings));
        if (warned)
            Assert.Equal("299 - \"unknown field \\\"spec.reticulate?d\\\"\"", warnings!.Single());
    }

    [Theory]
    [InlineData("""{"preconditions":{"uid":"another"}}""", 409)]
    [InlineData("""{"preconditions":{"resourceVersion":"1"}}""", 409)]
    [InlineData("""{"preconditions":{"uid":7}}""", 400)]
    [InlineData("""{"propagationPolicy":"Sideways"}""", 422)]
    [InlineData("""{"dryRun":["Some"]}""", 422)]
    [InlineData("""{"dryRun":"All"}""", 400)]
    [InlineData("""{"kind":"Pod"}""", 400)]
    [InlineData("""{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}""", 200)]
    [InlineData(null, 200)]
    public async Task A_delete_honours_its_options_or_does_nothing(string? options, int expected)
    {
        await using var api = await TestApi.StartAsync();
        var document = await api.CreateAsync("stories");

        var (code, body) = await api.SendAsync("DELETE", One, options);

        Assert.True(code == expected, $"expected {expected}, got {code}: {body}");
        Assert.Equal(expected == 200, await api.Store.GetAsync(document.Key, Ct) is null);
        if (expected == 200)
            Assert.Equal(("Success", document.Metadata.Uid), ((string?)body["status"], (string?)body["details"]!["uid"]));
    }

    [Fact]
    public async Task An_object_held_by_finalizers_is_shown_as_it_waits()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        await api.SendAsync("PATCH", One, """{"metadata":{"finalizers":["orrery.dev/test"]}}""", Patch);

        var (code, held) = await api.SendAsync("DELETE", One);
        var (_, freed) = await api.SendAsync("PATCH", One, """{"metadata":{"finalizers":null}}""", Patch);

        Assert.Equal(200, code);
        Assert.NotNull((string?)held["metadata"]!["deletionTimestamp"]);
        Assert.Equal("stories", (string?)freed["metadata"]!["name"]);
        Assert.Equal(404, (await api.SendAsync("GET", One)).Code);
    }

    [Fact]
    public async Task Objects_of_cluster_scope_have_paths_without_a_namespace()
    {
        await using var api = await TestApi.StartAsync();

        var (code, _) = await api.SendAsync("POST", "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}}""");
        var (_, list) = await api.SendAsync("GET", "/api/v1/namespaces");

        Assert.Equal(201, code);
        Assert.Equal(("NamespaceList", "v1"), ((string?)list["kind"], (string?)list["apiVersion"]));
        Assert.Equal(["default", "team"], list["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]));
    }

    [Fact]
    public async Task A_thousand_large_objects_list_whole_and_soon()
    {
        await using var api = await TestApi.StartAsync();
        string filler = new('x', 10_000);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => api.Store.CreateAsync(
            Document.From(TestApi.Service($"s{i:0000}") with { Metadata = new Metadata { Name = $"s{i:0000}", Namespace = "default", Annotations = new Dictionary<string, string> { ["filler"] = filler } } }), Ct)));

        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var response = await api.Client.GetAsync(TestApi.Services, Ct);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(Ct);
        var elapsed = clock.Elapsed;

        TestContext.Current.SendDiagnosticMessage($"listed {bytes.Length / 1e6:0.0} MB in {elapsed.TotalMilliseconds:0} ms");
        var items = JsonNode.Parse(bytes)!["items"]!.AsArray();
        Assert.Equal(1000, items.Count);
        Assert.Equal("s0999", (string?)items[999]!["metadata"]!["name"]);
        Assert.True(elapsed < TimeSpan.FromSeconds(5), $"took {elapsed}");
    }
}
