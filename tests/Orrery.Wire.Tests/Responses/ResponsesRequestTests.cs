using System.Text;
using System.Text.Json.Nodes;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Responses;

namespace Orrery.Wire.Tests.Responses;

public sealed class ResponsesRequestTests
{
    private static ReadOutcome<ResponsesRequest> Read(string json, bool mayStore = true, params EarlierTurn[] earlier)
        => ResponsesRequest.Read(Encoding.UTF8.GetBytes(json), earlier, mayStore, DateTimeOffset.UnixEpoch);

    private static ResponsesRequest Request(string json, params EarlierTurn[] earlier)
        => Assert.IsType<ReadOutcome<ResponsesRequest>.Ok>(Read(json, mayStore: true, earlier)).Request;

    private static string Chat(string json, params EarlierTurn[] earlier)
    {
        var request = Request(json, earlier);
        Assert.Equal("/v1/chat/completions", request.Chat.Path);
        Assert.Same(request.Answer, request.Chat.Answer);
        return Encoding.UTF8.GetString(request.Chat.Body.Span);
    }

    /// <summary>The messages that these items become.</summary>
    private static string Messages(string input, string more = "") => JsonNode.Parse(Chat($$"""{"model":"m","input":{{input}}{{more}}}"""))!["messages"]!.ToJsonString();

    [Fact]
    public void A_text_is_a_users_message()
        => Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", Chat("""{"model":"m","input":"Hi"}"""));

    [Fact]
    public void How_the_answer_is_made_is_said_in_chats_words()
        => Assert.Equal(
            """
            {"model":"m","messages":[{"role":"user","content":"x"}],"temperature":0.5,"top_p":0.9,"max_completion_tokens":7,"user":"u","stream":true,"top_k":3,"seed":1,
            "reasoning_effort":"low","verbosity":"high","logprobs":true,"top_logprobs":2,"stream_options":{"include_usage":true}}
            """.ReplaceLineEndings(""),
            Chat("""
            {"model":"m","input":"x","temperature":0.5,"top_p":0.9,"max_output_tokens":7,"user":"u","stream":true,"top_k":3,"seed":1,"reasoning":{"effort":"low","summary":"auto"},
            "text":{"verbosity":"high"},"top_logprobs":2,"metadata":{"a":"b"},"service_tier":"auto","prompt_cache_key":"k","include":["reasoning.encrypted_content"]}
            """));

    [Fact]
    public void Log_probabilities_are_asked_for_by_name_too()
        => Assert.EndsWith("\"logprobs\":true,\"top_logprobs\":0}", Chat("""{"model":"m","input":"x","include":["message.output_text.logprobs"]}"""));

    [Theory]
    [InlineData("""{"type":"text"}""", null)]
    [InlineData("""{"type":"json_object"}""", """{"type":"json_object"}""")]
    [InlineData("""{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}""", """{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}""")]
    public void What_the_text_must_be_is_a_response_format(string format, string? expected)
        => Assert.Equal(expected, JsonNode.Parse(Chat($$$"""{"model":"m","input":"x","text":{"format":{{{format}}}}}"""))!["response_format"]?.ToJsonString());

    [Fact]
    public void What_stands_first_of_instructions_is_one_message_of_the_system()
        => Assert.Equal(
            """[{"role":"system","content":"A\n\nB\n\nC\nD"},{"role":"user","content":"x"},{"role":"system","content":"E"}]""",
            Messages(
                """
                [{"role":"developer","content":"B"},{"type":"message","role":"system","content":[{"type":"input_text","text":"C"},{"type":"input_text","text":"D"}]},
                {"role":"user","content":"x"},{"role":"developer","content":"E"}]
                """,
                ",\"instructions\":\"A\""));

    [Fact]
    public void Parts_of_a_users_message_become_chats()
        => Assert.Equal(
            """
            [{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
            {"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,AA=="}}]}]
            """.ReplaceLineEndings(""),
            Messages("""
            [{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"low"},
            {"type":"input_file","filename":"f.pdf","file_data":"data:application/pdf;base64,AA=="}]}]
            """));

    [Fact]
    public void Calls_join_the_text_before_them_and_results_follow()
        => Assert.Equal(
            """
            [{"role":"user","content":"x"},
            {"role":"assistant","content":"let me see","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\u0022a\u0022:1}"}},{"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"1","content":"one"},{"role":"tool","tool_call_id":"2","content":"t\nwo"},
            {"role":"assistant","content":"done"},{"role":"assistant","content":null,"refusal":"no"},{"role":"user","content":"y"}]
            """.ReplaceLineEndings(""),
            Messages("""
            [{"role":"user","content":"x"},
            {"type":"reasoning","id":"rs","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},
            {"type":"message","role":"assistant","id":"msg","status":"completed","content":[{"type":"output_text","text":"let me see","annotations":[]}]},
            {"type":"function_call","id":"fc","call_id":"1","name":"f","arguments":"{\"a\":1}"},
            {"type":"function_call","call_id":"2","name":"g","arguments":""},
            {"type":"function_call_output","call_id":"1","output":"one"},
            {"type":"function_call_output","call_id":"2","output":[{"type":"input_text","text":"t"},{"type":"input_text","text":"wo"}]},
            {"role":"assistant","content":"done"},
            {"role":"assistant","content":[{"type":"refusal","refusal":"no"}]},
            {"role":"user","content":"y"}]
            """));

    [Fact]
    public void Functions_and_which_may_be_called_become_chats()
    {
        string tools = """
            "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":false},{"type":"function","name":"g"}],"parallel_tool_calls":false
            """;
        string Choice(string choice) => JsonNode.Parse(Chat($$"""{"model":"m","input":"x",{{tools}},"tool_choice":{{choice}}}"""))!["tool_choice"]!.ToJsonString();

        Assert.EndsWith(
            """
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":false}},{"type":"function","function":{"name":"g"}}],"parallel_tool_calls":false}
            """,
            Chat($$"""{"model":"m","input":"x",{{tools}}}"""));
        Assert.Equal("\"required\"", Choice("\"required\""));
        Assert.Equal("""{"type":"function","function":{"name":"g"}}""", Choice("""{"type":"function","name":"g"}"""));
        Assert.Equal(
            """{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}}""",
            Choice("""{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"g"}]}"""));
    }

    [Fact]
    public void Without_tools_nothing_is_said_of_them()
        => Assert.Equal(Chat("""{"model":"m","input":"x"}"""), Chat("""{"model":"m","input":"x","tools":[],"tool_choice":"auto","parallel_tool_calls":true}"""));

    [Fact]
    public void Earlier_turns_come_before_and_their_instructions_do_not()
    {
        var first = new EarlierTurn(
            """[{"id":"msg_1","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"x"}]}]""",
            """{"instructions":"be brief","output":[{"type":"reasoning","id":"r","summary":[]},{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":"{}"}]}""");

        Assert.Equal(
            """
            {"model":"m","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c","content":"1"}]}
            """.ReplaceLineEndings(""),
            Chat("""{"model":"m","previous_response_id":"resp_1","instructions":"be kind","input":[{"type":"function_call_output","call_id":"c","output":"1"}]}""", first));
    }

    [Theory]
    [InlineData("""{"a":{"previous_response_id":"no"},"previous_response_id":"resp_1","b":[1]}""", "resp_1")]
    [InlineData("""{"previous_response_id":null}""", null)]
    [InlineData("""{"previous_response_id":5}""", null)]
    [InlineData("""{"previous_response_id":"\ud800"}""", null)]
    [InlineData("{}", null)]
    [InlineData("[1]", null)]
    [InlineData("{", null)]
    [InlineData("", null)]
    public void What_a_request_goes_on_from_is_found_in_any_body(string body, string? expected) => Assert.Equal(expected, ResponsesRequest.PreviousOf(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("", true, true)]
    [InlineData(",\"store\":null", true, true)]
    [InlineData(",\"store\":true", false, false)]
    [InlineData(",\"store\":false", true, false)]
    public void It_is_stored_unless_somebody_says_no(string store, bool mayStore, bool expected)
    {
        var request = Assert.IsType<ReadOutcome<ResponsesRequest>.Ok>(Read($$"""{"model":"m","input":"x"{{store}}}""", mayStore)).Request;

        Assert.Equal(expected, request.Store);
        Assert.Equal(expected, request.Input.Length > 0);
    }

    [Fact]
    public void Items_are_stored_with_ids_and_parts()
    {
        var items = JsonNode.Parse(Request(
            """{"model":"m","input":[{"role":"user","content":"x"},{"role":"assistant","content":"y"},{"type":"function_call_output","id":"mine","call_id":"c","output":"1"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}""")
            .Input.Span)!.AsArray();

        string[] ids = [.. items.Select(item => (string)item!["id"]!)];
        Assert.Equal(["msg", "msg", "mine", "fc"], ids.Select(id => id.Split('_')[0]));
        Assert.Equal(4, ids.Distinct().Count());
        foreach (var item in items)
            item!.AsObject().Remove("id");
        Assert.Equal(
            """
            [{"type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"x"}]},
            {"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"y","annotations":[]}]},
            {"type":"function_call_output","status":"completed","call_id":"c","output":"1"},
            {"type":"function_call","status":"completed","call_id":"c","name":"f","arguments":"{}"}]
            """.ReplaceLineEndings(""),
            items.ToJsonString());
    }
}
