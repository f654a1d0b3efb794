using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Wire.Anthropic;
using Orrery.Wire.Sse;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Tests.Anthropic;

public sealed class MessagesAnswerTests
{
    private static IAnswerTranslation Answer()
        => Assert.IsType<TranslatedRequest.To>(MessagesRequest.Read("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}]}"""u8.ToArray())).Answer;

    private static JsonNode Whole(string completion) => JsonNode.Parse(Answer().Whole(Encoding.UTF8.GetBytes(completion)))!;

    /// <summary>The events without their ids.</summary>
    private static async Task<List<SseEvent>> StreamAsync(params string[] chunks)
    {
        var answer = Answer();
        var output = new ArrayBufferWriter<byte>();
        foreach (string chunk in chunks)
            answer.Event(Encoding.UTF8.GetBytes(chunk), output);
        answer.End(output);
        var events = new List<SseEvent>();
        await foreach (var e in SseReader.ReadAsync(new MemoryStream(output.WrittenSpan.ToArray()), TestContext.Current.CancellationToken))
            events.Add(e);
        Assert.All(events, e => Assert.Equal(e.Type, (string?)JsonNode.Parse(e.Data)!["type"]));
        return events;
    }

    private static string Delta(string delta) => """{"choices":[{"index":0,"delta":""" + delta + "}]}";

    [Fact]
    public void A_completion_becomes_a_message()
    {
        var message = Whole("""
            {"id":"x","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"hm","content":"Hi"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}
            """);

        Assert.StartsWith("msg_", (string?)message["id"]);
        Assert.Equal(("message", "assistant", "m", "end_turn"), ((string?)message["type"], (string?)message["role"], (string?)message["model"], (string?)message["stop_reason"]));
        Assert.Equal("""[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"Hi"}]""", message["content"]!.ToJsonString());
        Assert.Equal("""{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":3}""", message["usage"]!.ToJsonString());
    }

    [Theory]
    [InlineData(""" "finish_reason":"length" """, "max_tokens", null)]
    [InlineData(""" "finish_reason":"tool_calls" """, "tool_use", null)]
    [InlineData(""" "finish_reason":"content_filter" """, "refusal", null)]
    [InlineData(""" "finish_reason":"stop","stop_reason":"END" """, "stop_sequence", "END")]
    [InlineData(""" "finish_reason":"stop","stop_reason":null """, "end_turn", null)]
    [InlineData(""" "finish_reason":"stop","stop_reason":2 """, "end_turn", null)]
    public void Why_it_ended_has_anthropics_words(string finish, string reason, string? sequence)
    {
        var message = Whole("""{"choices":[{"message":{"content":"x"},""" + finish + "}]}");

        Assert.Equal((reason, sequence), ((string?)message["stop_reason"], (string?)message["stop_sequence"]));
    }

    [Theory]
    [InlineData("""{\"city\":\"Oslo\"}""", """{"city":"Oslo"}""")]
    [InlineData("""{\"city\":\"Os""", "{}")]
    [InlineData("", "{}")]
    public void Calls_become_blocks_with_arguments_as_json(string arguments, string input)
    {
        var message = Whole(
            """{"choices":[{"message":{"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""" + "\"" + arguments + "\"}}]},\"finish_reason\":\"tool_calls\"}]}");

        Assert.Equal($$"""[{"type":"tool_use","id":"c","name":"f","input":{{input}}}]""", message["content"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    public void What_is_no_completion_is_said(string answer) => Assert.ThrowsAny<JsonException>(() => Whole(answer));

    [Fact]
    public async Task Chunks_become_the_events_of_blocks_that_follow_one_another()
    {
        var events = await StreamAsync(
            Delta("""{"role":"assistant","content":""}"""),
            Delta("""{"reasoning_content":"hm"}"""),
            Delta("""{"content":"He"}"""),
            Delta("""{"content":"llo"}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""),
            Delta("""{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]}"""),
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}""");

        string[] seen = [.. events.Select(e => JsonNode.Parse(e.Data)!).Select(e => $"{e["type"]} {e["index"]} {(e["content_block"] ?? e["delta"])?.ToJsonString()}".TrimEnd())];
        Assert.Equal(
            [
                "message_start",
                """content_block_start 0 {"type":"thinking","thinking":"","signature":""}""",
                """content_block_delta 0 {"type":"thinking_delta","thinking":"hm"}""",
                "content_block_stop 0",
                """content_block_start 1 {"type":"text","text":""}""",
                """content_block_delta 1 {"type":"text_delta","text":"He"}""",
                """content_block_delta 1 {"type":"text_delta","text":"llo"}""",
                "content_block_stop 1",
                """content_block_start 2 {"type":"tool_use","id":"a","name":"f","input":{}}""",
                """content_block_delta 2 {"type":"input_json_delta","partial_json":"{\u0022x\u0022:"}""",
                """content_block_delta 2 {"type":"input_json_delta","partial_json":"1}"}""",
                "content_block_stop 2",
                """content_block_start 3 {"type":"tool_use","id":"b","name":"g","input":{}}""",
                """content_block_delta 3 {"type":"input_json_delta","partial_json":"{}"}""",
                "content_block_stop 3",
                """message_delta  {"stop_reason":"tool_use","stop_sequence":null}""",
                "message_stop",
            ],
            seen);
        Assert.Equal("7", JsonNode.Parse(events[^2].Data)!["usage"]!["input_tokens"]!.ToJsonString());
        Assert.Equal("9", JsonNode.Parse(events[^2].Data)!["usage"]!["output_tokens"]!.ToJsonString());
    }

    [Fact]
    public async Task An_error_in_the_stream_is_its_last_event()
    {
        var events = await StreamAsync(Delta("""{"content":"He"}"""), """{"error":{"message":"gone","type":"server_error","param":null,"code":"upstream_failed"}}""", Delta("""{"content":"y"}"""));

        Assert.Equal(["message_start", "content_block_start", "content_block_delta", "error"], events.Select(e => e.Type));
        Assert.Equal("""{"type":"error","error":{"type":"api_error","message":"gone"}}""", events[^1].Data);
    }

    [Fact]
    public async Task A_stream_without_a_chunk_is_an_empty_message()
        => Assert.Equal(["message_start", "message_delta", "message_stop"], (await StreamAsync()).Select(e => e.Type));

    [Theory]
    [InlineData(404, """{"error":{"message":"no such","type":"x","param":null,"code":"y"}}""", "not_found_error", "no such")]
    [InlineData(429, """{"message":"slow"}""", "rate_limit_error", "slow")]
    [InlineData(500, """{"error":"broken"}""", "api_error", "broken")]
    [InlineData(503, "busy", "overloaded_error", "busy")]
    [InlineData(400, "", "invalid_request_error", "The server said nothing about it.")]
    public void Errors_have_anthropics_shape(int status, string body, string type, string message)
    {
        var error = JsonNode.Parse(AnthropicError.Of(status, Encoding.UTF8.GetBytes(body)))!;

        Assert.Equal("error", (string?)error["type"]);
        Assert.Equal((type, message), ((string?)error["error"]!["type"], (string?)error["error"]!["message"]));
    }
}
