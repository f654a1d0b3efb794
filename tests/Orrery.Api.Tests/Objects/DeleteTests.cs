using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Objects;

public sealed class DeleteTests
{
    private const string One = $"{TestApi.Services}/owner";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("?propagationPolicy=Orphan", null, true)]
    [InlineData("?orphanDependents=true", null, true)]
    [InlineData("", """{"propagationPolicy":"Orphan"}""", true)]
    [InlineData("", """{"orphanDependents":true}""", true)]
    [InlineData("?propagationPolicy=Orphan", """{"propagationPolicy":"Background"}""", false)]
    [InlineData("?propagationPolicy=Foreground&gracePeriodSeconds=0", null, false)]
    [InlineData("", """{"gracePeriodSeconds":30}""", false)]
    public async Task The_policy_says_what_becomes_of_owned_objects(string query, string? options, bool stays)
    {
        await using var api = await TestApi.StartAsync();
        var owned = await OwnedAsync(api, await api.CreateAsync("owner"));

        var (code, body) = await api.SendAsync("DELETE", One + query, options);
        var after = await api.Store.GetAsync(owned.Key, Ct);

        Assert.True(code == 200, body.ToJsonString());
        Assert.Equal(404, (await api.SendAsync("GET", One)).Code);
        Assert.Equal(stays, after is not null);
        Assert.Null(after?.Metadata.OwnerReferences);
    }

    [Theory]
    [InlineData("?propagationPolicy=Sideways", null, 422)]
    [InlineData("", """{"propagationPolicy":7}""", 422)]
    [InlineData("", """{"propagationPolicy":"Orphan","orphanDependents":true}""", 422)]
    [InlineData("?gracePeriodSeconds=soon", null, 400)]
    [InlineData("", """{"gracePeriodSeconds":-1}""", 400)]
    [InlineData("?orphanDependents=perhaps", null, 400)]
    [InlineData("?dryRun=Some", null, 422)]
    [InlineData("", """{"dryRun":["Some"]}""", 422)]
    public async Task Options_that_cannot_be_meant_delete_nothing(string query, string? options, int expected)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("owner");

        var (code, body) = await api.SendAsync("DELETE", One + query, options);

        Assert.True(code == expected && (string?)body["kind"] == "Status", $"expected {expected}, got {code}: {body}");
        Assert.Equal(200, (await api.SendAsync("GET", One)).Code);
    }

    [Fact]
    public async Task A_collection_goes_as_far_as_it_is_selected()
    {
        await using var api = await TestApi.StartAsync();
        foreach (var (name, team) in new[] { ("a", "blue"), ("b", "red"), ("c", "blue") })
            await api.CreateAsync(name, new Dictionary<string, string> { ["team"] = team });

        var (code, deleted) = await api.SendAsync("DELETE", $"{TestApi.Services}?labelSelector=team%3Dblue");

        Assert.Equal((200, "InferenceServiceList"), (code, (string?)deleted["kind"]));
        Assert.Equal(["a", "c"], deleted["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]));
        Assert.Equal(["b"], (await api.Store.ListAsync(InferenceService.Kind, "default", Ct)).Items.Select(d => d.Metadata.Name));

        Assert.Equal(400, (await api.SendAsync("DELETE", $"{TestApi.Services}?labelSelector=(((")).Code);
        Assert.Equal(200, (await api.SendAsync("DELETE", $"{TestApi.Services}?fieldSelector=metadata.name%3Dother")).Code);
        Assert.Single((await api.Store.ListAsync(InferenceService.Kind, "default", Ct)).Items);
        Assert.Equal(200, (await api.SendAsync("DELETE", TestApi.Services)).Code);
        Assert.Empty((await api.Store.ListAsync(InferenceService.Kind, "default", Ct)).Items);
    }

    [Fact]
    public async Task A_collection_is_deleted_with_its_options()
    {
        await using var api = await TestApi.StartAsync();
        var owned = await OwnedAsync(api, await api.CreateAsync("owner"));

        var (stale, _) = await api.SendAsync("DELETE", TestApi.Services, """{"preconditions":{"resourceVersion":"1"}}""");
        Assert.Equal(409, stale);
        await api.SendAsync("DELETE", TestApi.Services, """{"propagationPolicy":"Orphan"}""");

        Assert.Empty((await api.Store.ListAsync(InferenceService.Kind, "default", Ct)).Items);
        Assert.NotNull(await api.Store.GetAsync(owned.Key, Ct));
    }

    [Theory]
    [InlineData("?dryRun=All", null)]
    [InlineData("", """{"dryRun":["All"]}""")]
    public async Task A_dry_run_answers_and_deletes_nothing(string query, string? options)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("owner");

        var (one, _) = await api.SendAsync("DELETE", One + query, options);
        var (all, list) = await api.SendAsync("DELETE", TestApi.Services + query, options);

        Assert.Equal((200, 200), (one, all));
        Assert.Single(list["items"]!.AsArray());
        Assert.Single((await api.Store.ListAsync(InferenceService.Kind, "default", Ct)).Items);
    }

    [Fact]
    public async Task All_namespaces_are_never_deleted_at_once()
    {
        await using var api = await TestApi.StartAsync();

        Assert.Equal(405, (await api.SendAsync("DELETE", "/api/v1/namespaces")).Code);
    }

    private static async Task<Document> OwnedAsync(TestApi api, Document owner)
    {
        var secret = Document.From(new Secret { Metadata = new Metadata { Name = "owned", Namespace = "default" } });
        return (await api.Store.CreateAsync(secret.Edit(json => json["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = owner.Kind.ApiVersion,
            ["kind"] = owner.Kind.Name,
            ["name"] = owner.Metadata.Name,
            ["uid"] = owner.Metadata.Uid,
            ["blockOwnerDeletion"] = true,
        })), Ct)).Stored();
    }
}
