using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Platform.Responses;
using Orrery.Wire.Sse;

namespace Orrery.Gateway.Tests.Translation;

/// <summary>Responses over a replica that knows chat alone: what is stored, for whom and how long, and what is refused.</summary>
public sealed class ResponsesTests
{
    private const string Ask = """{"model":"m","input":"x"}""";
    private const string AskStream = """{"model":"m","input":"x","stream":true}""";
    private const string Completion = """{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<GatewayUnderTest> ServingAsync(IReplica replica, GatewayOptions? options = null)
    {
        var gateway = await GatewayUnderTest.StartAsync(options);
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        return gateway;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpClient client, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request, Ct);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Content.Headers.ContentLength);
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single());
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    private static Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(HttpClient client, string json) => SendAsync(client, HttpMethod.Post, "/v1/responses", json);

    private static Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(HttpClient client, string path) => SendAsync(client, HttpMethod.Get, $"/v1/responses/{path}");

    private static async Task<string> IdAsync(HttpClient client, string json = Ask)
    {
        var (status, response) = await PostAsync(client, json);
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)response["id"]!;
    }

    private static string? Code(JsonNode error) => (string?)error["error"]!["code"];

    private static async Task<List<SseEvent>> EventsAsync(GatewayUnderTest gateway, Action<SseEvent>? seen = null)
    {
        using var response = await gateway.AskAsync("/v1/responses", Encoding.UTF8.GetBytes(AskStream));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<SseEvent>();
        await foreach (var e in SseReader.ReadAsync(await response.Content.ReadAsStreamAsync(Ct), Ct))
        {
            events.Add(e);
            seen?.Invoke(e);
        }
        return events;
    }

    [Fact]
    public async Task A_response_is_asked_for_as_chat_and_found_again_as_it_was_answered()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica);

        var (status, response) = await PostAsync(gateway.Client, Ask);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Hi", (string?)response["output"]![0]!["content"]![0]!["text"]);
        var asked = Assert.Single(replica.Requests);
        Assert.Equal("/v1/chat/completions", asked.PathAndQuery);
        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8.GetString(asked.Body));
        Assert.Equal(response.ToJsonString(), (await GetAsync(gateway.Client, (string)response["id"]!)).Body.ToJsonString());
    }

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
    public async Task Refusals_have_openais_shape()
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = 400;
            await ScriptedReplica.WholeAsync(http, """{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}""");
        });
        await using var gateway = await ServingAsync(replica);

        Assert.Equal("model_not_found", Code((await PostAsync(gateway.Client, """{"model":"none","input":"x"}""")).Body));
        Assert.Equal("unsupported_value", Code((await PostAsync(gateway.Client, """{"model":"m","input":"x","background":true}""")).Body));
        Assert.Equal("invalid_json", Code((await PostAsync(gateway.Client, "{")).Body));
        Assert.Equal("context_length_exceeded", Code((await PostAsync(gateway.Client, Ask)).Body));
    }

    [Fact]
    public async Task A_stream_arrives_event_by_event_and_is_stored_when_its_end_arrives()
    {
        var seen = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, """data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}""" + "\n\n");
            await seen.Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync("""data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}]}""" + "\n\ndata: [DONE]\n\n", http.RequestAborted);
        });
        await using var gateway = await ServingAsync(replica);
        StoredResponse? atEnd = null;

        var events = await EventsAsync(gateway, e =>
        {
            // The second piece waits for this.
            if (e.Type == "response.output_text.delta")
                seen.TrySetResult();
            if (e.Type == "response.incomplete")
                atEnd = gateway.Responses.FindAsync("admin", (string)JsonNode.Parse(e.Data)!["response"]!["id"]!, DateTimeOffset.UtcNow, Ct).GetAwaiter().GetResult();
        });

        Assert.Equal(2, events.Count(e => e.Type == "response.output_text.delta"));
        Assert.Equal(JsonNode.Parse(events[^1].Data)!["response"]!.ToJsonString(), JsonNode.Parse(atEnd!.Response)!.ToJsonString());
    }

    [Fact]
    public async Task A_replica_that_dies_in_the_middle_of_a_stream_fails_the_response()
    {
        await using var replica = new RawReplica("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 1000\r\n\r\n"
            + """data: {"choices":[{"index":0,"delta":{"content":"a"}}]}""" + "\n\n");
        await using var gateway = await ServingAsync(replica);

        var events = await EventsAsync(gateway);

        Assert.Equal(["error", "response.failed"], events.TakeLast(2).Select(e => e.Type));
        var failed = JsonNode.Parse(events[^1].Data)!["response"]!;
        Assert.Equal("failed", (string?)(await GetAsync(gateway.Client, (string)failed["id"]!)).Body["status"]);
    }

    [Fact]
    public async Task An_answer_that_is_none_is_a_failure()
    {
        await using var replica = await ScriptedReplica.SayingAsync("""{"no":"choices"}""");
        await using var gateway = await ServingAsync(replica);

        var (status, error) = await PostAsync(gateway.Client, Ask);

        Assert.Equal((HttpStatusCode.InternalServerError, "internal_error"), (status, Code(error)));
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        await using var replica = new RawReplica($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{Completion}");
        await using var gateway = await ServingAsync(replica);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(gateway.Client, Ask));
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_answered_as_if_it_were()
    {
        var begun = new TaskCompletionSource();
        bool streams = false;
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            if (!streams)
            {
                await ScriptedReplica.WholeAsync(http, Completion);
                return;
            }
            await ScriptedReplica.StreamAsync(http, """data: {"choices":[{"index":0,"delta":{"content":"a"}}]}""" + "\n\n");
            await begun.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.StreamAsync(http, "data: [DONE]\n\n");
        });
        await using var gateway = await ServingAsync(replica);
        await using (var database = gateway.Database())
        {
            await database.OpenAsync(Ct);
            await using var drop = database.CreateCommand();
            drop.CommandText = "DROP TABLE responses";
            await drop.ExecuteNonQueryAsync(Ct);
        }
        var seen = new List<string>();

        var (status, error) = await PostAsync(gateway.Client, Ask);
        streams = true;
        await Assert.ThrowsAnyAsync<Exception>(() => EventsAsync(gateway, e =>
        {
            seen.Add(e.Type);
            // The end waits for this.
            if (e.Type == "response.output_text.delta")
                begun.TrySetResult();
        }));
        streams = false;

        Assert.Equal((HttpStatusCode.InternalServerError, "internal_error"), (status, Code(error)));
        Assert.Contains("response.output_text.delta", seen);
        Assert.DoesNotContain("response.completed", seen);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(gateway.Client, """{"model":"m","input":"x","store":false}""")).Status);
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
