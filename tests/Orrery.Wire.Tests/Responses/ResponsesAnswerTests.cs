using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Wire.Tests.Responses;

public sealed class ResponsesAnswerTests
{
    private static JsonNode Whole(string completion, string more = "")
    {
        var answer = Answers.New(more);
        byte[] response = answer.Whole(Encoding.UTF8.GetBytes(completion));
        Assert.True(answer.Ended!.Value.Span.SequenceEqual(response));
        return JsonNode.Parse(response)!;
    }

    [Fact]
    public void A_completion_becomes_a_response_that_repeats_what_was_asked()
    {
        var response = Whole(
            """
            {"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}
            """,
            """
            ,"instructions":"I","max_output_tokens":9,"metadata":{"k":"v"},"temperature":0.5,"tools":[{"type":"function","name":"f"}],"tool_choice":"none","reasoning":{"effort":"low"},
            "text":{"format":{"type":"json_object"},"verbosity":"low"},"parallel_tool_calls":false,"user":"u","previous_response_id":"resp_1"
            """);

        string id = (string)response["id"]!;
        Assert.StartsWith("resp_", id);
        Assert.Equal("""[{"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]}]}]""", Answers.Items(response));
        response.AsObject().Remove("id");
        response.AsObject().Remove("output");
        Assert.Equal(
            """
            {"object":"response","created_at":1234,"model":"m","background":false,"instructions":"I","max_output_tokens":9,"metadata":{"k":"v"},"previous_response_id":"resp_1",
            "prompt_cache_key":null,"safety_identifier":null,"temperature":0.5,"tool_choice":"none","tools":[{"type":"function","name":"f"}],"top_logprobs":null,"top_p":null,"user":"u",
            "parallel_tool_calls":false,"reasoning":{"effort":"low","summary":null},"service_tier":"default","store":true,"text":{"format":{"type":"json_object"},"verbosity":"low"},
            "truncation":"disabled","status":"completed","error":null,"incomplete_details":null,
            "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":13}}
            """.ReplaceLineEndings(""),
            response.ToJsonString());
    }

    [Fact]
    public void What_was_not_asked_has_openais_defaults()
    {
        var response = Whole("""{"choices":[{"message":{"content":"x"}}]}""");

        Assert.Equal(
            """[] auto {} True {"format":{"type":"text"}} null""",
            $"{response["tools"]!.ToJsonString()} {response["tool_choice"]} {response["metadata"]!.ToJsonString()} {response["parallel_tool_calls"]} {response["text"]!.ToJsonString()} {response["usage"]?.ToJsonString() ?? "null"}",
            ignoreCase: true);
    }

    [Theory]
    [InlineData("stop", "completed", "completed", null)]
    [InlineData("tool_calls", "completed", "completed", null)]
    [InlineData("length", "incomplete", "incomplete", "max_output_tokens")]
    [InlineData("content_filter", "incomplete", "incomplete", "content_filter")]
    public void Why_it_ended_is_told(string finish, string status, string itemStatus, string? reason)
    {
        var response = Whole($$"""{"choices":[{"message":{"content":"x"},"finish_reason":"{{finish}}"}]}""");

        Assert.Equal((status, reason), ((string?)response["status"], (string?)response["incomplete_details"]?["reason"]));
        Assert.Equal(itemStatus, (string?)response["output"]![0]!["status"]);
    }

    [Fact]
    public void Thoughts_texts_refusals_and_calls_are_items_in_this_order()
        => Assert.Equal(
            """
            [{"type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},
            {"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"no"}]},
            {"type":"function_call","status":"completed","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call","status":"incomplete","call_id":"d","name":"g","arguments":"{\u0022x"}]
            """.ReplaceLineEndings(""),
            Answers.Items(Whole("""
            {"choices":[{"message":{"reasoning":"hm","content":"a","refusal":"no","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}},
            {"id":"d","type":"function","function":{"name":"g","arguments":"{\"x"}}]},"finish_reason":"length"}]}
            """)));

    [Fact]
    public void Log_probabilities_stand_beside_the_text()
        => Assert.Equal(
            """[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]""",
            Whole("""{"choices":[{"message":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]}}]}""")
                ["output"]![0]!["content"]![0]!["logprobs"]!.ToJsonString());

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    public void What_is_no_completion_is_said(string answer) => Assert.ThrowsAny<JsonException>(() => Whole(answer));
}
