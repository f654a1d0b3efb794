using System.Text;
using System.Text.Json.Nodes;
using Orrery.Wire.Anthropic;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Tests.Anthropic;

public sealed class MessagesRequestTests
{
    private static JsonNode Chat(string fields)
    {
        var to = Assert.IsType<TranslatedRequest.To>(MessagesRequest.Read(Encoding.UTF8.GetBytes("""{"model":"m","max_tokens":5,""" + fields + "}")));
        Assert.Equal("/v1/chat/completions", to.Path);
        // The reader of our own engine takes what comes out.
        Assert.IsType<ReadOutcome<ChatRequest>.Ok>(ChatRequest.Read(to.Body));
        return JsonNode.Parse(to.Body.Span)!;
    }

    private static OpenAIError Refused(string body)
        => Assert.IsType<TranslatedRequest.Refused>(MessagesRequest.Read(Encoding.UTF8.GetBytes(body))).Error;

    private static void Same(string json, JsonNode? actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), actual), $"wanted {json}\n   got {actual?.ToJsonString()}");

    [Fact]
    public void Texts_become_messages_and_the_system_text_is_the_first()
    {
        var chat = Chat("""
            "system":"Be short.","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"text","text":"Hello"},{"type":"text","text":"!"}]},
            {"role":"user","content":[{"type":"text","text":"Bye"}]}]
            """);

        Same("""
            [{"role":"system","content":"Be short."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"},{"role":"user","content":"Bye"}]
            """, chat["messages"]);
        Same("5", chat["max_tokens"]);
        Assert.Null(chat["stream_options"]);
    }

    [Fact]
    public void Parameters_have_chats_names_and_their_own_values()
    {
        var chat = Chat("""
            "messages":[{"role":"user","content":"Hi"}],"temperature":0.250,"top_p":1e-1,"top_k":7,"stop_sequences":["a","b"],"stream":true,"metadata":{"user_id":"u"},
            "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}
            """);

        Assert.Equal("0.250", chat["temperature"]!.ToJsonString());
        Assert.Equal("1e-1", chat["top_p"]!.ToJsonString());
        Same("7", chat["top_k"]);
        Same("""["a","b"]""", chat["stop"]);
        Same("true", chat["stream"]);
        Same("""{"include_usage":true}""", chat["stream_options"]);
        Assert.Equal("u", (string?)chat["user"]);
        Same("""{"type":"json_schema","json_schema":{"name":"output","strict":true,"schema":{"type":"object"} } }""", chat["response_format"]);
    }

    [Fact]
    public void Calls_and_their_results_become_messages_of_their_own()
    {
        const string tools = """[{"name":"weather","description":"d","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]""";
        var chat = Chat("\"tools\":" + tools + """
            ,"tool_choice":{"type":"any","disable_parallel_tool_use":true},
            "messages":[{"role":"user","content":"Weather?"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"I look."},{"type":"tool_use","id":"c1","name":"weather","input":{"city":"Oslo"}}]},
            {"role":"user","content":[{"type":"text","text":"And now?"},{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"snow"}],"is_error":true}]}]
            """);

        Same("""
            [{"role":"user","content":"Weather?"},
            {"role":"assistant","content":"I look.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"Error: snow"},{"role":"user","content":"And now?"}]
            """, chat["messages"]);
        Same("""[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"} } } } }]""", chat["tools"]);
        Assert.Equal("required", (string?)chat["tool_choice"]);
        Assert.False((bool)chat["parallel_tool_calls"]!);
    }

    [Theory]
    [InlineData("auto", "\"auto\"")]
    [InlineData("none", "\"none\"")]
    [InlineData("tool", """{"type":"function","function":{"name":"f"}}""")]
    public void Choices_of_tools_have_chats_forms(string type, string chats)
        => Same(chats, Chat($$"""
            "messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":{"type":"object"} }],"tool_choice":{"type":"{{type}}","name":"f"}
            """)["tool_choice"]);

    [Fact]
    public void Images_and_documents_become_parts()
    {
        var to = Assert.IsType<TranslatedRequest.To>(MessagesRequest.Read("""
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":[
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"image","source":{"type":"url","url":"https://x/y.png"}},
            {"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"D"}}]}]}
            """u8.ToArray()));

        Same("""
            [{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"} },{"type":"image_url","image_url":{"url":"https://x/y.png"} },{"type":"text","text":"T\nD"}]
            """, JsonNode.Parse(to.Body.Span)!["messages"]![0]!["content"]);
    }

    [Fact]
    public void Counting_asks_for_the_tokens_of_the_conversation_with_its_tools()
    {
        var to = Assert.IsType<TranslatedRequest.To>(MessagesRequest.ReadCount("""{"model":"m","system":"s","messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":{"type":"object"}}]}"""u8.ToArray()));

        Assert.Equal("/v1/tokenize", to.Path);
        Assert.IsType<ReadOutcome<TokenizeRequest>.Ok>(TokenizeRequest.Read(to.Body));
        Assert.Equal("""{"input_tokens":12}""", Encoding.UTF8.GetString(to.Answer.Whole("""{"count":12,"max_model_len":99,"tokens":[]}"""u8.ToArray())));
    }

    [Theory]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", "messages")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[1]}""", "messages[0]")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"robot","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"video"}]}]}""", "messages[0].content[0]")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""", "messages[0].content[0].tool_use_id")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a"}]}]}""", "messages[0].content[0].name")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search_20250305","name":"w"}]}""", "tools[0].type")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"mcp_servers":[{"url":"x"}]}""", "mcp_servers")]
    [InlineData("""{"model":"m","max_tokens":1,"system":[{"type":"image"}],"messages":[{"role":"user","content":"x"}]}""", "system[0]")]
    public void What_cannot_be_said_in_chat_is_refused_by_name(string body, string param) => Assert.Equal(param, Refused(body).Param);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"model":"\ud800"}""")]
    public void What_is_no_object_of_json_is_refused(string body) => Assert.Equal("invalid_json", Refused(body).Code);
}
