using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Wire.Sse;

namespace Orrery.Gateway.Tests.Translation;

/// <summary>Anthropic's API over a replica that knows OpenAI's.</summary>
public sealed class MessagesTests
{
    private const string Ask = """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""";
    private const string AskStream = """{"model":"m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"x"}]}""";
    private const string Completion = """{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(HttpClient client, string json, string path = "/v1/messages")
    {
        using var response = await client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), Ct);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Content.Headers.ContentLength);
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single());
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    private static string Type(JsonNode error)
    {
        Assert.Equal("error", (string?)error["type"]);
        return (string)error["error"]!["type"]!;
    }

    private static async Task<GatewayUnderTest> ServingAsync(IReplica replica, GatewayOptions? options = null)
    {
        var gateway = await GatewayUnderTest.StartAsync(options);
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        return gateway;
    }

    private static async Task<List<SseEvent>> EventsAsync(GatewayUnderTest gateway)
    {
        using var response = await gateway.AskAsync("/v1/messages", Encoding.UTF8.GetBytes(AskStream));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<SseEvent>();
        await foreach (var e in SseReader.ReadAsync(await response.Content.ReadAsStreamAsync(Ct), Ct))
            events.Add(e);
        return events;
    }

    [Fact]
    public async Task A_message_is_asked_for_as_chat_and_answered_as_a_message()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica);

        var (status, message) = await PostAsync(gateway.Client, Ask);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""[{"type":"text","text":"Hi"}]""", message["content"]!.ToJsonString());
        var asked = Assert.Single(replica.Requests);
        Assert.Equal("/v1/chat/completions", asked.PathAndQuery);
        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":5}""", Encoding.UTF8.GetString(asked.Body));
    }

    [Fact]
    public async Task The_key_may_come_in_anthropics_header_and_goes_no_further()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Completion);
        await using var gateway = await ServingAsync(replica);
        using var client = gateway.NewClient(null);
        client.DefaultRequestHeaders.Add("x-api-key", gateway.AdminKey);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");

        var (status, _) = await PostAsync(client, Ask, "/v1/messages?beta=true");

        Assert.Equal(HttpStatusCode.OK, status);
        var asked = Assert.Single(replica.Requests);
        Assert.Equal("/v1/chat/completions", asked.PathAndQuery);
        Assert.DoesNotContain(asked.Headers, h => h.Value.Contains(gateway.AdminKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_keys_of_a_kind_are_none()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        using var client = gateway.NewClient(null);
        client.DefaultRequestHeaders.Add("x-api-key", [gateway.AdminKey, gateway.GuestKey]);

        var (status, error) = await PostAsync(client, Ask);

        Assert.Equal((HttpStatusCode.Unauthorized, "authentication_error"), (status, Type(error)));
    }

    [Fact]
    public async Task Refusals_have_anthropics_shape()
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = 400;
            await ScriptedReplica.WholeAsync(http, """{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"x"}}""");
        });
        await using var gateway = await ServingAsync(replica, new GatewayOptions { MaxBodyBytes = 1024 });
        using var nobody = gateway.NewClient(null);
        using var guest = gateway.NewClient(gateway.GuestKey);

        Assert.Equal("authentication_error", Type((await PostAsync(nobody, Ask)).Body));
        Assert.Equal("permission_error", Type((await PostAsync(guest, Ask)).Body));
        Assert.Equal("not_found_error", Type((await PostAsync(gateway.Client, Ask.Replace("\"m\"", "\"none\"", StringComparison.Ordinal))).Body));
        Assert.Equal("invalid_request_error", Type((await PostAsync(gateway.Client, "{}")).Body));
        Assert.Equal("request_too_large", Type((await PostAsync(gateway.Client, new string(' ', 2000))).Body));
        var (status, error) = await PostAsync(gateway.Client, Ask);
        Assert.Equal((HttpStatusCode.BadRequest, "too long"), (status, (string?)error["error"]!["message"]));
    }

    [Fact]
    public async Task An_answer_that_is_none_is_a_failure_in_anthropics_shape()
    {
        await using var replica = await ScriptedReplica.SayingAsync("""{"no":"choices"}""");
        await using var gateway = await ServingAsync(replica);

        var (status, error) = await PostAsync(gateway.Client, Ask);

        Assert.Equal((HttpStatusCode.InternalServerError, "api_error"), (status, Type(error)));
    }

    [Fact]
    public async Task A_stream_arrives_event_by_event()
    {
        var seen = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, """data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}""" + "\n\n");
            await seen.Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync("""data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}]}""" + "\n\ndata: [DONE]\n\n", http.RequestAborted);
        });
        await using var gateway = await ServingAsync(replica);

        using var response = await gateway.AskAsync("/v1/messages", Encoding.UTF8.GetBytes(AskStream));
        var types = new List<string>();
        await foreach (var e in SseReader.ReadAsync(await response.Content.ReadAsStreamAsync(Ct), Ct))
        {
            types.Add(e.Type);
            // The second piece waits for this.
            if (e.Type == "content_block_delta")
                seen.TrySetResult();
        }

        Assert.Equal(["message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"], types);
    }

    [Fact]
    public async Task A_replica_that_dies_in_the_middle_of_a_stream_gives_an_error_event()
    {
        await using var replica = new RawReplica("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 1000\r\n\r\n"
            + """data: {"choices":[{"index":0,"delta":{"content":"a"}}]}""" + "\n\n");
        await using var gateway = await ServingAsync(replica);

        var events = await EventsAsync(gateway);

        Assert.Equal("error", events[^1].Type);
        Assert.Equal("api_error", Type(JsonNode.Parse(events[^1].Data)!));
        Assert.Single(events, e => e.Type == "message_start");
        Assert.DoesNotContain(events, e => e.Type == "message_stop");
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        await using var replica = new RawReplica($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{Completion}");
        await using var gateway = await ServingAsync(replica);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(gateway.Client, Ask));
    }

    [Fact]
    public async Task Tokens_are_counted_by_the_models_own_tokenizer()
    {
        await using var replica = await ScriptedReplica.SayingAsync("""{"count":17,"max_model_len":64,"tokens":[1,2]}""");
        await using var gateway = await ServingAsync(replica);

        var (status, count) = await PostAsync(gateway.Client, """{"model":"m","messages":[{"role":"user","content":"x"}]}""", "/v1/messages/count_tokens");

        Assert.Equal((HttpStatusCode.OK, """{"input_tokens":17}"""), (status, count.ToJsonString()));
        Assert.Equal("/v1/tokenize", Assert.Single(replica.Requests).PathAndQuery);
    }
}
