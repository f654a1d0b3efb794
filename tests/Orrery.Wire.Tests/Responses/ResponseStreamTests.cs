using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Wire.Sse;

namespace Orrery.Wire.Tests.Responses;

public sealed class ResponseStreamTests
{
    private static async Task<(List<JsonNode> Events, JsonNode Ended)> StreamAsync(params string[] chunks)
    {
        var answer = Answers.New();
        var output = new ArrayBufferWriter<byte>();
        foreach (string chunk in chunks)
            answer.Event(Encoding.UTF8.GetBytes(chunk), output);
        Assert.Null(answer.Ended);
        answer.End(output);
        var events = new List<JsonNode>();
        await foreach (var e in SseReader.ReadAsync(new MemoryStream(output.WrittenSpan.ToArray()), TestContext.Current.CancellationToken))
        {
            events.Add(JsonNode.Parse(e.Data)!);
            Assert.Equal(e.Type, (string?)events[^1]["type"]);
            Assert.Equal(events.Count - 1, (int)events[^1]["sequence_number"]!);
        }
        var ended = JsonNode.Parse(answer.Ended!.Value.Span)!;
        Assert.Equal(ended.ToJsonString(), events[^1]["response"]!.ToJsonString());
        Assert.Equal(answer.Id, (string?)events[0]["response"]!["id"]);
        return (events, ended);
    }

    /// <summary>One line per event: its type, where it belongs, what it holds; ids are told by their kind and checked against the item's.</summary>
    private static string[] Lines(List<JsonNode> events)
    {
        var ids = new Dictionary<int, string>();
        return [.. events.Select(e =>
        {
            int? at = (int?)e["output_index"];
            if (e["item"] is { } item)
            {
                ids.TryAdd(at!.Value, (string)item["id"]!);
                Assert.Equal(ids[at.Value], (string?)item["id"]);
                item.AsObject().Remove("id");
            }
            else if (at is not null)
            {
                Assert.Equal(ids[at.Value], (string?)e["item_id"]);
            }
            var held = e["item"] ?? e["part"] ?? e["delta"] ?? e["text"] ?? e["refusal"] ?? e["arguments"] ?? e["message"] ?? e["response"]?["status"];
            return $"{e["type"]} {at}{(e["content_index"] is { } part ? $".{part}" : "")} {held?.ToJsonString().Replace("\\u0022", "'", StringComparison.Ordinal)}";
        })];
    }

    private static string Delta(string delta, string more = "") => """{"choices":[{"index":0,"delta":""" + delta + more + "}]}";

    [Fact]
    public async Task Chunks_become_the_events_of_items_that_follow_one_another()
    {
        var (events, ended) = await StreamAsync(
            Delta("""{"role":"assistant","content":""}"""),
            Delta("""{"reasoning_content":"h"}"""),
            Delta("""{"reasoning_content":"m"}"""),
            Delta("""{"content":"He"}"""),
            Delta("""{"content":"llo"}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""),
            Delta("""{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]}"""),
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}""");

        Assert.Equal(
            """
            [{"type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},
            {"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[],"logprobs":[]}]},
            {"type":"function_call","status":"completed","call_id":"a","name":"f","arguments":"{\u0022x\u0022:1}"},
            {"type":"function_call","status":"completed","call_id":"b","name":"g","arguments":"{}"}]
            """.ReplaceLineEndings(""),
            Answers.Items(ended));
        Assert.Equal("16", ended["usage"]!["total_tokens"]!.ToJsonString());
        Assert.Equal(
            [
                """response.created  "in_progress" """.TrimEnd(),
                """response.in_progress  "in_progress" """.TrimEnd(),
                """response.output_item.added 0 {"type":"reasoning","status":"in_progress","summary":[],"content":[]}""",
                """response.content_part.added 0.0 {"type":"reasoning_text","text":""}""",
                """response.reasoning_text.delta 0.0 "h" """.TrimEnd(),
                """response.reasoning_text.delta 0.0 "m" """.TrimEnd(),
                """response.reasoning_text.done 0.0 "hm" """.TrimEnd(),
                """response.content_part.done 0.0 {"type":"reasoning_text","text":"hm"}""",
                """response.output_item.done 0 {"type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]}""",
                """response.output_item.added 1 {"type":"message","status":"in_progress","role":"assistant","content":[]}""",
                """response.content_part.added 1.0 {"type":"output_text","text":"","annotations":[],"logprobs":[]}""",
                """response.output_text.delta 1.0 "He" """.TrimEnd(),
                """response.output_text.delta 1.0 "llo" """.TrimEnd(),
                """response.output_text.done 1.0 "Hello" """.TrimEnd(),
                """response.content_part.done 1.0 {"type":"output_text","text":"Hello","annotations":[],"logprobs":[]}""",
                """response.output_item.done 1 {"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[],"logprobs":[]}]}""",
                """response.output_item.added 2 {"type":"function_call","status":"in_progress","call_id":"a","name":"f","arguments":""}""",
                """response.function_call_arguments.delta 2 "{'x':" """.TrimEnd(),
                """response.function_call_arguments.delta 2 "1}" """.TrimEnd(),
                """response.function_call_arguments.done 2 "{'x':1}" """.TrimEnd(),
                """response.output_item.done 2 {"type":"function_call","status":"completed","call_id":"a","name":"f","arguments":"{'x':1}"}""",
                """response.output_item.added 3 {"type":"function_call","status":"in_progress","call_id":"b","name":"g","arguments":""}""",
                """response.function_call_arguments.delta 3 "{}" """.TrimEnd(),
                """response.function_call_arguments.done 3 "{}" """.TrimEnd(),
                """response.output_item.done 3 {"type":"function_call","status":"completed","call_id":"b","name":"g","arguments":"{}"}""",
                """response.completed  "completed" """.TrimEnd(),
            ],
            Lines(events));
    }

    [Fact]
    public async Task A_refusal_is_a_part_of_the_message()
    {
        var (events, _) = await StreamAsync(Delta("""{"content":"I"}"""), Delta("""{"refusal":"n"}"""), Delta("""{"refusal":"o"}"""));

        Assert.Equal(
            [
                """response.content_part.added 0.1 {"type":"refusal","refusal":""}""",
                """response.refusal.delta 0.1 "n" """.TrimEnd(),
                """response.refusal.delta 0.1 "o" """.TrimEnd(),
                """response.refusal.done 0.1 "no" """.TrimEnd(),
                """response.content_part.done 0.1 {"type":"refusal","refusal":"no"}""",
            ],
            Lines(events)[7..12]);
    }

    [Fact]
    public async Task Log_probabilities_come_with_their_text_and_those_of_half_characters_are_kept()
    {
        static string Probability(string token) => $$""","logprobs":{"content":[{"token":"{{token}}","logprob":-1,"bytes":null,"top_logprobs":[]}]}""";
        var (events, ended) = await StreamAsync(Delta("""{"content":"a"}""", Probability("1")), Delta("""{"content":""}""", Probability("2")), Delta("""{"content":"b"}""", Probability("3")));

        static string Tokens(JsonNode holder) => string.Concat(holder["logprobs"]!.AsArray().Select(entry => (string?)entry!["token"]));
        Assert.Equal(["1", "2", "3"], events.Where(e => (string?)e["type"] == "response.output_text.delta").Select(Tokens));
        Assert.Equal("123", Tokens(Assert.Single(events, e => (string?)e["type"] == "response.output_text.done")));
        Assert.Equal("123", Tokens(ended["output"]![0]!["content"]![0]!));
    }

    [Fact]
    public async Task An_answer_that_was_cut_is_incomplete_and_so_is_its_last_item()
    {
        var (events, ended) = await StreamAsync(Delta("""{"reasoning":"h"}"""), Delta("""{"content":"He"}""", ",\"finish_reason\":\"length\""));

        Assert.Equal("response.incomplete", (string?)events[^1]["type"]);
        Assert.Equal("max_output_tokens", (string?)ended["incomplete_details"]!["reason"]);
        Assert.Equal(["completed", "incomplete"], ended["output"]!.AsArray().Select(item => (string?)item!["status"]));
    }

    [Fact]
    public async Task An_error_in_the_stream_fails_the_response()
    {
        var (events, ended) = await StreamAsync(
            Delta("""{"content":"He"}"""), """{"error":{"message":"gone","type":"server_error","param":null,"code":"upstream_failed"}}""", Delta("""{"content":"y"}"""));

        Assert.Equal(
            ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "error", "response.failed"],
            events.Select(e => (string?)e["type"]));
        Assert.Equal("""{"type":"error","sequence_number":5,"code":"upstream_failed","message":"gone","param":null}""", events[5].ToJsonString());
        Assert.Equal("""{"code":"server_error","message":"gone"}""", ended["error"]!.ToJsonString());
        Assert.Equal("""[{"type":"message","status":"incomplete","role":"assistant","content":[{"type":"output_text","text":"He","annotations":[],"logprobs":[]}]}]""", Answers.Items(ended));
    }

    [Fact]
    public void A_stream_that_does_not_end_fails_the_response_before_it_fills_the_memory()
    {
        var answer = Answers.New();
        var output = new ArrayBufferWriter<byte>();
        byte[] chunk = new byte[64 * 1024 * 1024];
        chunk.AsSpan().Fill((byte)' ');
        Encoding.UTF8.GetBytes(Delta("""{"content":"y"}""")).CopyTo(chunk.AsSpan());

        for (int i = 0; i < 6; i++)
            answer.Event(chunk, output);
        answer.End(output);

        var ended = JsonNode.Parse(answer.Ended!.Value.Span)!;
        Assert.Equal("failed", (string?)ended["status"]);
        Assert.Equal("yyyy", (string?)ended["output"]![0]!["content"]![0]!["text"]);
    }

    [Fact]
    public async Task A_stream_without_a_chunk_is_an_empty_response()
        => Assert.Equal(["response.created", "response.in_progress", "response.completed"], (await StreamAsync()).Events.Select(e => (string?)e["type"]));

    [Fact]
    public async Task A_call_without_an_id_gets_one()
    {
        var (_, ended) = await StreamAsync(Delta("""{"tool_calls":[{"function":{"name":"f","arguments":"{"}}]}"""), Delta("""{"tool_calls":[{"function":{"arguments":"}"}}]}"""));

        var call = Assert.Single(ended["output"]!.AsArray())!;
        Assert.StartsWith("call_", (string?)call["call_id"]);
        Assert.Equal("{}", (string?)call["arguments"]);
    }
}
