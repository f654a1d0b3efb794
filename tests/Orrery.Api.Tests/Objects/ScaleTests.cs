namespace Orrery.Api.Tests.Objects;

public sealed class ScaleTests
{
    private const string Scale = $"{TestApi.Services}/stories/scale";
    private const string Patch = "application/merge-patch+json";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_what_is_asked_for_and_what_is_observed()
    {
        await using var api = await TestApi.StartAsync();
        var service = await api.CreateAsync("stories");
        await api.SendAsync("PATCH", $"{TestApi.Services}/stories/status", """{"status":{"components":{"engine":{"readyReplicas":3}}}}""", Patch);

        var (code, scale) = await api.SendAsync("GET", Scale);

        Assert.Equal((200, "Scale", "autoscaling/v1"), (code, (string?)scale["kind"], (string?)scale["apiVersion"]));
        Assert.Equal((service.Metadata.Uid, 1, 3), ((string?)scale["metadata"]!["uid"], (int?)scale["spec"]!["replicas"], (int?)scale["status"]!["replicas"]));
    }

    [Fact]
    public async Task Put_and_patch_set_the_number_and_leave_everything_else()
    {
        await using var api = await TestApi.StartAsync();
        await api.SendAsync("POST", TestApi.Services, TestApi.Json("stories", """{"model":{"name":"m"},"engine":{"maxReplicas":9,"future":true}}"""));

        var (patched, answer) = await api.SendAsync("PATCH", Scale, """{"spec":{"replicas":2}}""", Patch);
        Assert.Equal((200, 2), (patched, (int?)answer["spec"]!["replicas"]));

        answer["spec"]!["replicas"] = 4;
        Assert.Equal(200, (await api.SendAsync("PUT", Scale, answer.ToJsonString())).Code);
        Assert.Equal(409, (await api.SendAsync("PUT", Scale, answer.ToJsonString())).Code);

        var (_, service) = await api.SendAsync("GET", $"{TestApi.Services}/stories");
        Assert.Equal(4, (int?)service["spec"]!["engine"]!["minReplicas"]);
        Assert.Equal((9, true), ((int?)service["spec"]!["engine"]!["maxReplicas"], (bool?)service["spec"]!["engine"]!["future"]));
    }

    [Theory]
    [InlineData("""{"spec":{"replicas":-1}}""", 422)]
    [InlineData("""{"spec":{"replicas":"two"}}""", 422)]
    [InlineData("""{"spec":{"replicas":1.5}}""", 422)]
    [InlineData("""{"spec":{"replicas":99999999999}}""", 422)]
    [InlineData("""{"spec":{"replicas":1001}}""", 422)]
    [InlineData("""{"kind":"Deployment"}""", 400)]
    [InlineData("""{"metadata":{"name":"other"}}""", 400)]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"spec":{"replicas":2}}""", 409)]
    [InlineData("[]", 400)]
    public async Task What_is_no_scale_changes_nothing(string patch, int expected)
    {
        await using var api = await TestApi.StartAsync();
        var before = await api.CreateAsync("stories");

        var (code, body) = await api.SendAsync("PATCH", Scale, patch, Patch);

        Assert.True(code == expected && (string?)body["kind"] == "Status", $"expected {expected}, got {code}: {body}");
        Assert.Equal(before.Metadata.ResourceVersion, (await api.Store.GetAsync(before.Key, Ct))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_dry_run_answers_with_the_number_and_changes_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var before = await api.CreateAsync("stories");

        var (code, scale) = await api.SendAsync("PATCH", $"{Scale}?dryRun=All", """{"spec":{"replicas":2}}""", Patch);

        Assert.Equal((200, 2), (code, (int?)scale["spec"]!["replicas"]));
        Assert.Equal(before.Metadata.ResourceVersion, (await api.Store.GetAsync(before.Key, Ct))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_has_no_replicas_has_no_scale()
    {
        await using var api = await TestApi.StartAsync();

        Assert.Equal(404, (await api.SendAsync("GET", Scale)).Code);
        Assert.Equal(404, (await api.SendAsync("PATCH", Scale, """{"spec":{"replicas":2}}""", Patch)).Code);
        Assert.Equal(404, (await api.SendAsync("GET", "/api/v1/namespaces/default/secrets/x/scale")).Code);
    }
}
