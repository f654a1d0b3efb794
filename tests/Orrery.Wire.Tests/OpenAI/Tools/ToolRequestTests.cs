using System.Text;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Wire.Tests.OpenAI.Tools;

public sealed class ToolRequestTests
{
    private const string Two = """
        "tools":[{"type":"function","function":{"name":"look","description":"Looks","strict":true,"parameters":{"type":"object","properties":{}}}},{"type":"function","function":{"name":"stop"}}]
        """;

    [Fact]
    public void Tools_have_a_name_and_perhaps_a_description_and_a_schema()
    {
        var tools = Read($$"""{ {{Two}} }""").Tools!;

        Assert.Equal([("look", "Looks"), ("stop", "")], tools.Tools.Select(tool => (tool.Name, tool.Description)));
        Assert.Equal("""{"type":"object","properties":{}}""", tools.Tools[0].Parameters!.Value.GetRawText());
        Assert.Null(tools.Tools[1].Parameters);
        Assert.Equal((ToolMode.Auto, true), (tools.Mode, tools.Parallel));
        Assert.Null(tools.Allowed);
    }

    [Theory]
    [InlineData("\"none\"", ToolMode.None, null, true)]
    [InlineData("\"auto\"", ToolMode.Auto, null, true)]
    [InlineData("\"required\"", ToolMode.Required, null, true)]
    [InlineData("null", ToolMode.Auto, null, true)]
    [InlineData("""{"type":"function","function":{"name":"stop"}}""", ToolMode.Required, "stop", false)]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"stop"}}]}}""", ToolMode.Auto, "stop", true)]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"stop"}},{"type":"function","function":{"name":"look"}}]}}""", ToolMode.Required, "stop look", true)]
    public void The_choice_is_a_word_a_function_or_a_list_of_functions(string choice, ToolMode mode, string? allowed, bool parallel)
    {
        var tools = Read($$"""{ {{Two}},"tool_choice":{{choice}} }""").Tools!;

        Assert.Equal((mode, allowed, parallel), (tools.Mode, tools.Allowed is null ? null : string.Join(' ', tools.Allowed), tools.Parallel));
    }

    [Fact]
    public void Parallel_calls_can_be_turned_off()
        => Assert.False(Read($$"""{ {{Two}},"parallel_tool_calls":false}""").Tools!.Parallel);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tools":null,"tool_choice":null}""")]
    [InlineData("""{"tools":[],"tool_choice":"auto","parallel_tool_calls":true}""")]
    [InlineData("""{"tool_choice":"none","functions":[],"function_call":"auto"}""")]
    public void Without_tools_there_is_nothing_to_choose(string fields) => Assert.Null(Read(fields).Tools);

    [Theory]
    [InlineData("""{"tools":{}}""", "tools", "must be an array")]
    [InlineData("""{"tools":[5]}""", "tools[0]", "must be an object")]
    [InlineData("""{"tools":[{"type":"custom","custom":{"name":"x"}}]}""", "tools[0].type", "'custom'; only function works")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].function", "must be an object")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a b"}}]}""", "tools[0].function.name", "1 to 64 letters")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","strict":"yes"}}]}""", "tools[0].function.strict", "true or false")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","description":5}}]}""", "tools[0].function.description", "a string")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","parameters":true}}]}""", "tools[0].function.parameters", "JSON schema of an object")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","parameters":{"type":"string"}}}]}""", "tools[0].function.parameters", "\"string\"; a function takes an object")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"a"}}]}""", "tools", "two functions of the name 'a'")]
    [InlineData("""{"tool_choice":"required"}""", "tool_choice", "there are no 'tools'")]
    [InlineData("""{"TWO":0,"tool_choice":"any"}""", "tool_choice", "must be \"none\"")]
    [InlineData("""{"TWO":0,"tool_choice":{"type":"function","name":"look"}}""", "tool_choice", "must be \"none\"")]
    [InlineData("""{"TWO":0,"tool_choice":{"type":"function","function":{"name":"fly"}}}""", "tool_choice", "'fly', which is not among 'tools'")]
    [InlineData("""{"TWO":0,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}}""", "tool_choice", "must be \"none\"")]
    [InlineData("""{"TWO":0,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"none","tools":[{"type":"function","function":{"name":"look"}}]}}}""", "tool_choice", "must be \"none\"")]
    [InlineData("""{"TWO":0,"parallel_tool_calls":1}""", "parallel_tool_calls", "true or false")]
    [InlineData("""{"functions":[{"name":"a"}]}""", "functions", "send 'tools'")]
    [InlineData("""{"function_call":{"name":"a"}}""", "function_call", "send 'tools' and 'tool_choice'")]
    public void What_is_wrong_with_tools_is_named_with_its_place(string fields, string param, string message)
        => Refuses(fields.Replace("\"TWO\":0", Two, StringComparison.Ordinal), """{"role":"user","content":"x"}""", param, message);

    [Fact]
    public void More_tools_than_the_bound_are_refused()
    {
        string tools = string.Join(',', Enumerable.Range(0, FunctionTool.MaxTools + 1).Select(i => $$$"""{"type":"function","function":{"name":"f{{{i}}}"}}"""));

        Refuses($$"""{"tools":[{{tools}}]}""", """{"role":"user","content":"x"}""", "tools", "129 tools; at most 128");
    }

    [Fact]
    public void Calls_and_their_results_are_messages()
    {
        var messages = Read("{}", """
            {"role":"user","content":"x"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"look","arguments":"{\"at\": 1}"}},{"id":"b","type":"function","function":{"name":"stop","arguments":""}}]},
            {"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"do"},{"type":"text","text":"ne"}]},
            {"role":"tool","tool_call_id":"a","content":"seen"},
            {"role":"assistant","content":"Well.","tool_calls":[]}
            """).Messages;

        Assert.Equal([("a", "look", "{\"at\": 1}"), ("b", "stop", "{}")], messages[1].ToolCalls!.Select(call => (call.Id, call.Function.Name, call.Function.Arguments)));
        Assert.Equal([null, null, "b", "a", null], messages.Select(message => message.ToolCallId));
        Assert.Equal(["x", "", "done", "seen", "Well."], messages.Select(message => message.Content));
        Assert.Null(messages[4].ToolCalls);
    }

    [Theory]
    [InlineData("""{"role":"tool","content":"x"}""", "messages[0].tool_call_id", "must be set")]
    [InlineData("""{"role":"tool","tool_call_id":"a","content":"x"}""", "messages[0].tool_call_id", "no message before has a call of that id")]
    [InlineData("""{"role":"user","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}""", "messages[0].tool_calls", "only the assistant")]
    [InlineData("""{"role":"assistant","tool_calls":{}}""", "messages[0].tool_calls", "must be an array")]
    [InlineData("""{"role":"assistant","tool_calls":[5]}""", "messages[0].tool_calls[0]", "must be an object")]
    [InlineData("""{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}""", "messages[0].tool_calls[0].id", "must be set")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","type":"custom","function":{"name":"f","arguments":"{}"}}]}""", "messages[0].tool_calls[0].type", "only function")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a"}]}""", "messages[0].tool_calls[0].function", "must be an object")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"a b","arguments":"{}"}}]}""", "messages[0].tool_calls[0].function.name", "a function's name")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]}""", "messages[0].tool_calls[0].function.arguments", "holds a JSON object")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"[1]"}}]}""", "messages[0].tool_calls[0].function.arguments", "holds a JSON object")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]}""", "messages[0].tool_calls[0].function.arguments", "must be a string")]
    [InlineData("""{"role":"assistant","function_call":{"name":"f","arguments":"{}"}}""", "messages[0].function_call", "deprecated")]
    [InlineData("""{"role":"function","name":"f","content":"x"}""", "messages[0].role", "deprecated")]
    public void What_is_wrong_with_calls_in_messages_is_named_with_its_place(string message, string param, string problem) => Refuses("{}", message, param, problem);

    [Fact]
    public void Answers_with_calls_look_as_clients_expect()
    {
        var message = new ChatMessage("assistant", null) { ToolCalls = [new("call_1", new("look", "{\"at\":\"é\"}"))] };

        Assert.Equal(
            """{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","function":{"name":"look","arguments":"{\"at\":\"é\"}"},"type":"function"}]},"finish_reason":"tool_calls","index":0}""",
            JsonSerializer.Serialize(new ChatChoice(message, "tool_calls"), WireJson.Wire.ChatChoice));
        Assert.Equal(
            """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":""}},{"index":1,"function":{"arguments":"{}"}}]}""",
            JsonSerializer.Serialize(
                new ChatDelta(ToolCalls: [new(0, "call_1", "function", new("look", "")), new(1, null, null, new(null, "{}"))]), WireJson.Wire.ChatDelta));
    }

    private static ChatRequest Read(string fields, string messages = """{"role":"user","content":"x"}""")
        => Assert.IsType<ReadOutcome<ChatRequest>.Ok>(ChatRequest.Read(Body(fields, messages))).Request;

    private static void Refuses(string fields, string messages, string param, string message)
    {
        var error = Assert.IsType<ReadOutcome<ChatRequest>.Refused>(ChatRequest.Read(Body(fields, messages))).Error;

        Assert.Equal((400, param), (error.Status, error.Param));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Body(string fields, string messages)
        => Encoding.UTF8.GetBytes(fields.TrimEnd()[..^1] + (fields.Trim() == "{}" ? "" : ",") + $"\"messages\":[{messages}]}}");
}
