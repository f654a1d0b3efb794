using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Platform.Responses;
using Orrery.Wire.Sse;
using static Orrery.Gateway.Tests.Translation.ResponsesCalls;

namespace Orrery.Gateway.Tests.Translation;

/// <summary>Responses over a replica that knows chat alone.</summary>
public sealed class ResponsesTests
{
    private const string AskStream = """{"model":"m","input":"x","stream":true}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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
}
