using System.Net;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Platform.Responses;
using static Orrery.Gateway.Tests.Translation.ResponsesCalls;

namespace Orrery.Gateway.Tests.Translation;

/// <summary>What of responses is stored, for whom and how long.</summary>
public sealed class ResponsesStoringTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task To_another_key_it_is_not_there()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica);
        using var other = gateway.NewClient(gateway.SecondKey);
        string id = await IdAsync(gateway.Client);

        var (status, error) = await GetAsync(other, id);

        Assert.Equal((HttpStatusCode.NotFound, "response_not_found"), (status, Code(error)));
        Assert.Equal(error.ToJsonString().Replace(id, "resp_none", StringComparison.Ordinal), (await GetAsync(other, "resp_none")).Body.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(other, $"{id}/input_items")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(other, HttpMethod.Delete, $"/v1/responses/{id}")).Status);
        Assert.Equal("previous_response_not_found", Code((await PostAsync(other, $$"""{"model":"m","input":"y","previous_response_id":"{{id}}"}""")).Body));
        Assert.Single(replica.Requests);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway.Client, id)).Status);
    }

    [Fact]
    public async Task Stored_ones_are_behind_a_key_that_may()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        using var nobody = gateway.NewClient(null);
        using var guest = gateway.NewClient(gateway.GuestKey);

        foreach (var (client, expected) in new[] { (nobody, HttpStatusCode.Unauthorized), (guest, HttpStatusCode.Forbidden) })
        {
            Assert.Equal(expected, (await GetAsync(client, "resp_1")).Status);
            Assert.Equal(expected, (await GetAsync(client, "resp_1/input_items")).Status);
            Assert.Equal(expected, (await SendAsync(client, HttpMethod.Delete, "/v1/responses/resp_1")).Status);
            Assert.Equal(expected, (await PostAsync(client, Ask)).Status);
        }
    }

    [Theory]
    [InlineData("false", "30.00:00:00")]
    [InlineData("true", "00:00:00")]
    public async Task What_is_not_to_be_stored_is_not(string store, string kept)
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica, new GatewayOptions { StoredResponses = TimeSpan.Parse(kept, System.Globalization.CultureInfo.InvariantCulture) });

        var (_, response) = await PostAsync(gateway.Client, $$"""{"model":"m","input":"x","store":{{store}}}""");

        Assert.Equal("false", response["store"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(gateway.Client, (string)response["id"]!)).Status);
    }

    [Fact]
    public async Task It_is_stored_for_as_long_as_the_settings_say_and_what_is_asked_is_listed()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica, new GatewayOptions { StoredResponses = TimeSpan.FromDays(2) });

        string id = await IdAsync(gateway.Client, """{"model":"m","input":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""");

        var stored = (await gateway.Responses.FindAsync("admin", id, DateTimeOffset.UtcNow, Ct))!;
        Assert.Equal(TimeSpan.FromDays(2), stored.Expires - stored.Created);
        var (_, list) = await GetAsync(gateway.Client, $"{id}/input_items?order=asc&limit=1");
        Assert.Equal(("a", true), ((string?)list["data"]![0]!["content"]![0]!["text"], (bool)list["has_more"]!));
        var (_, rest) = await GetAsync(gateway.Client, $"{id}/input_items?order=asc&after={list["last_id"]}");
        Assert.Equal("b", (string?)Assert.Single(rest["data"]!.AsArray())!["content"]![0]!["text"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(gateway.Client, $"{id}/input_items?after=none")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(gateway.Client, $"{id}/input_items?limit=0")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(gateway.Client, $"{id}?stream=true")).Status);
    }

    [Fact]
    public async Task The_oldest_make_room_under_the_bound()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica, new GatewayOptions { StoredResponsesBytes = 2500 });

        var ids = new List<string>();
        for (int i = 0; i < 5; i++)
            ids.Add(await IdAsync(gateway.Client));

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(gateway.Client, ids[0])).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway.Client, ids[^1])).Status);
        // Larger than the bound by itself: answered, and pushes nothing out.
        string large = await IdAsync(gateway.Client, $$"""{"model":"m","input":"{{new string('x', 3000)}}"}""");
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(gateway.Client, large)).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway.Client, ids[^1])).Status);
    }

    [Fact]
    public async Task A_conversation_larger_than_a_body_may_be_is_refused()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica, new GatewayOptions { MaxBodyBytes = 1024 });
        string id = await IdAsync(gateway.Client, $$"""{"model":"m","input":"{{new string('x', 900)}}"}""");

        var (status, error) = await PostAsync(gateway.Client, $$"""{"model":"m","input":"y","previous_response_id":"{{id}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "context_length_exceeded"), (status, Code(error)));
    }

    [Fact]
    public async Task What_expired_is_swept_when_the_gateway_starts()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(before: responses => responses.AddAsync(
            new StoredResponse("resp_old", "admin", null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), "[]", "{}"), 1000, Ct));

        await Eventually.TrueAsync(
            () => gateway.Responses.FindAsync("admin", "resp_old", DateTimeOffset.UnixEpoch, Ct).GetAwaiter().GetResult() is null, () => "it is still there");
    }
}
