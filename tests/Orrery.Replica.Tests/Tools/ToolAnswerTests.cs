using System.Text.Json.Nodes;
using Orrery.Engine;
using Orrery.Engine.Constraints.Tools;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tests.Tools;

/// <summary>Requests with tools to a model that says what a test wants.</summary>
public sealed class ToolAnswerTests
{
    private const string Look = """{"type":"function","function":{"name":"look","description":"Looks","parameters":{"properties":{"at":{"type":"string"}},"required":["at"]}}}""";
    private const string Ask = "\"tools\":[" + Look + ",{\"type\":\"function\",\"function\":{\"name\":\"stop\"}}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
    private const string Call = "<tool_call>\n{\"name\": \"look\", \"arguments\": {\"at\": \"Mars\"}}\n</tool_call>";
    private const string StopCall = "<tool_call>{\"name\":\"stop\",\"arguments\":{}}</tool_call>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_in_the_message_and_the_text_before_them_too()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Saying($"Let me see.\n{Call}\n{StopCall}"));

        var choice = (await replica.PostForJsonAsync("/v1/chat/completions", "{" + Ask + "}"))["choices"]![0]!;

        var calls = choice["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(("Let me see.", "tool_calls"), ((string?)choice["message"]!["content"], (string?)choice["finish_reason"]));
        Assert.Equal(["function", "function"], calls.Select(call => (string)call!["type"]!));
        Assert.Equal([("look", "{\"at\": \"Mars\"}"), ("stop", "{}")], calls.Select(call => ((string)call!["function"]!["name"]!, (string)call["function"]!["arguments"]!)));
        Assert.All(calls, call => Assert.Matches("^call_[A-Za-z0-9]{24}$", (string)call!["id"]!));
    }

    [Fact]
    public async Task An_answer_that_is_only_calls_has_no_content_and_each_of_several_choices_has_its_own()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Saying(Call, StopCall, "It is cold."));

        var choices = (await replica.PostForJsonAsync("/v1/chat/completions", "{\"n\":3,\"seed\":0," + Ask + "}"))["choices"]!.AsArray();

        Assert.Equal([null, null, "It is cold."], choices.Select(choice => (string?)choice!["message"]!["content"]));
        Assert.True(choices[0]!["message"]!.AsObject().ContainsKey("content"));
        Assert.Equal(["tool_calls", "tool_calls", "length"], choices.Select(choice => (string?)choice!["finish_reason"]));
        Assert.NotEqual((string)choices[0]!["message"]!["tool_calls"]![0]!["id"]!, (string)choices[1]!["message"]!["tool_calls"]![0]!["id"]!);
        Assert.Null(choices[2]!["message"]!["tool_calls"]);
    }

    [Fact]
    public async Task A_stream_has_the_text_then_each_calls_id_and_name_and_then_its_arguments_as_they_come()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Saying($"Hm <tool>.\n{Call}\n{StopCall}"));

        using var response = await replica.PostAsync("/v1/chat/completions", "{\"stream\":true," + Ask + "}");
        var choices = (await ReplicaUnderTest.EventsAsync(response))[..^1].Select(e => JsonNode.Parse(e)!["choices"]![0]!).ToList();

        var deltas = choices.SelectMany(choice => choice["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        var begins = deltas.Where(delta => delta!["id"] is not null).ToList();
        Assert.Equal("Hm <tool>.", string.Concat(choices.Select(choice => (string?)choice["delta"]!["content"])));
        Assert.Equal([(0, "look", "function"), (1, "stop", "function")], begins.Select(begin => ((int)begin!["index"]!, (string)begin["function"]!["name"]!, (string)begin["type"]!)));
        Assert.Equal(2, begins.Select(begin => (string)begin!["id"]!).Distinct().Count());
        Assert.Equal(["{\"at\": \"Mars\"}", "{}"], Enumerable.Range(0, 2).Select(index => string.Concat(deltas.Where(delta => (int)delta!["index"]! == index).Select(delta => (string)delta!["function"]!["arguments"]!))));
        Assert.True(deltas.Count > 10, $"{deltas.Count} parts of calls");
        Assert.Equal("tool_calls", (string)choices[^1]["finish_reason"]!);
        Assert.All(choices[..^1], choice => Assert.Null((string?)choice["finish_reason"]));
    }

    [Fact]
    public async Task A_call_that_a_stop_string_cuts_is_no_reason_to_go_on_with_it()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Saying("<tool_call>{\"name\": \"look\", \"arguments\": {\"at\": \"Ma"));

        var choice = (await replica.PostForJsonAsync("/v1/chat/completions", "{\"stop\":\"rs\"," + Ask + "}"))["choices"]![0]!;

        Assert.Equal("length", (string)choice["finish_reason"]!);
    }

    [Fact]
    public async Task Without_a_choice_of_none_the_model_is_shown_the_tools_and_held_to_their_form()
    {
        var model = Saying("ok");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        foreach (string choice in (string[])["auto", "required", "none"])
            await replica.PostForJsonAsync("/v1/chat/completions", "{\"tool_choice\":\"" + choice + "\"," + Ask + "}");

        Assert.Equal([true, true, false], model.Requests.Select(request => request.Constraint is not null));
        Assert.Equal([true, true, false], model.Requests.Select(request => model.Tokenizer.Decode(request.Prompt).Contains("Looks", StringComparison.Ordinal)));
        Assert.Same(model.Requests[0].Constraint!.GetType(), model.Requests[1].Constraint!.GetType());
        Assert.NotSame(model.Requests[0].Constraint, model.Requests[1].Constraint);
    }

    [Fact]
    public async Task The_same_tools_are_compiled_once()
    {
        var model = Saying("ok");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        for (int i = 0; i < 2; i++)
            await replica.PostForJsonAsync("/v1/chat/completions", "{" + Ask + "}");

        Assert.Same(model.Requests[0].Constraint, model.Requests[1].Constraint);
    }

    [Fact]
    public async Task A_model_without_a_template_for_tools_reads_them_and_calls_and_results_as_text()
    {
        var model = Saying("ok");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        await replica.PostForJsonAsync("/v1/chat/completions", "{\"tools\":[" + Look + "]," + """
            "messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Mars?"},
              {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"look","arguments":"{\"at\":\"Mars\"}"}}]},
              {"role":"tool","tool_call_id":"a","content":"red"}]}
            """);

        Assert.Equal(
            "\u0001" + """
            Be kind.

            You can call these functions, of which each line describes one:
            {"type":"function","function":{"name":"look","description":"Looks","parameters":{"properties":{"at":{"type":"string"}},"required":["at"]}}}
            To call one, answer with its name and arguments:
            <tool_call>
            {"name": "...", "arguments": {...}}
            </tool_call>
            Mars?
            <tool_call>
            {"name": "look", "arguments": {"at":"Mars"}}
            </tool_call>
            <tool_response>
            red
            </tool_response>
            """,
            model.Tokenizer.Decode(model.Requests.Single().Prompt));
    }

    [Fact]
    public async Task A_template_that_writes_no_system_message_shows_tools_in_the_users()
    {
        var model = WithTemplate("ok", "{% for m in messages %}{% if m.role not in ['user', 'assistant'] %}{{ raise_exception('no ' + m.role) }}{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        await replica.PostForJsonAsync("/v1/chat/completions", "{" + Ask + "}");
        string prompt = model.Tokenizer.Decode(model.Requests.Single().Prompt);

        Assert.StartsWith("\u0001<user>You can call these functions", prompt, StringComparison.Ordinal);
        Assert.EndsWith("</tool_call>\n\nx", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_shows_tools_gets_them_with_arguments_as_objects_and_results_with_names()
    {
        var model = WithTemplate("ok", """
            {%- for t in tools or [] %}[{{ t.function.name }}: {{ t.function.parameters | tojson }}]{% endfor -%}
            {%- for m in messages %}<{{ m.role }} {{ m.name }} {{ m.tool_call_id }}>{{ m.content }}
            {%- for c in m.tool_calls or [] %}[TOOL_CALLS][{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}]{{ c.id }}{% endfor %}{% endfor -%}
            """);
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        await replica.PostForJsonAsync("/v1/chat/completions", """
            {"tools":[{"type":"function","function":{"name":"stop"}}],"messages":[{"role":"user","content":"x"},
              {"role":"assistant","tool_calls":[{"id":"abcdefgh9","type":"function","function":{"name":"stop","arguments":"{\"now\":[true]}"}},{"id":"call_1","function":{"name":"stop","arguments":""}}]},
              {"role":"tool","tool_call_id":"abcdefgh9","content":"done"},{"role":"tool","tool_call_id":"call_1","content":"done"}]}
            """);

        // Ids that this template's model would refuse have become nine letters and digits.
        string other = new ToolTemplate(Orrery.Models.ChatTemplates.ChatTemplate.Parse(model.Card.ChatTemplate!)).IdOf("call_1");
        Assert.Matches("^[a-z0-9]{9}$", other);
        Assert.Equal(
            "\u0001[stop: {\"type\": \"object\", \"properties\": {}}]<user  >x<assistant  >[TOOL_CALLS][{\"name\": \"stop\", \"arguments\": {\"now\": [true]}}]abcdefgh9"
                + $"[TOOL_CALLS][{{\"name\": \"stop\", \"arguments\": {{}}}}]{other}<tool stop abcdefgh9>done<tool stop {other}>done",
            model.Tokenizer.Decode(model.Requests.Single().Prompt));
    }

    [Fact]
    public void A_control_token_opens_a_call_though_it_has_no_text()
    {
        var tokenizer = new ScriptedModel.Bytes { Control = "[TOOL_CALLS]" };
        var answer = new ToolAnswer(new ToolUse(new ToolRequest([], ToolMode.Auto, null, Parallel: true), ToolCallForm.Mistral), tokenizer);

        var text = answer.Read(new TextPiece('x', "Look [TOOL_CALLS]["));
        var opened = answer.Read(new TextPiece(ScriptedModel.Bytes.ControlToken, " here"));
        var call = answer.Read(new TextPiece('x', "[{\"name\":\"look\",\"arguments\":{}}]", FinishReason.Stop));

        Assert.Equal(("Look [TOOL_CALLS][", " here"), (text.Text, opened.Text));
        Assert.Equal(new CallDelta(0, "look", "{}"), Assert.Single(call.Calls));
        Assert.True(answer.HasWholeCalls);
    }

    [Theory]
    [InlineData("""{"name":"f","parameters":{"type":"object","properties":{"a":{"not":{}}}}}""", "", "tools", "tools/0/parameters#/properties/a: 'not' does not work")]
    [InlineData("""{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer","minimum":2,"maximum":1}},"required":["a"]}}""", "", "tools", "tools/0/parameters#")]
    [InlineData("""{"name":"f"}""", "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"not\":{}}}},", "response_format", "response_format#: 'not' does not work")]
    [InlineData("""{"name":"f"}""", "\"tool_choice\":\"required\",\"max_tokens\":3,", "max_tokens", "The shortest call of these tools")]
    public async Task Tools_that_cannot_be_kept_are_refused_before_anything_is_made(string function, string fields, string param, string message)
    {
        var model = Saying("ok");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/chat/completions", "{" + fields + "\"tools\":[{\"type\":\"function\",\"function\":" + function + "}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!;

        Assert.Equal((400, param), ((int)response.StatusCode, (string?)error["param"]));
        Assert.Contains(message, (string)error["message"]!, StringComparison.Ordinal);
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task A_format_is_that_of_the_answers_that_are_no_calls()
    {
        const string Text = "{\"a\": \"<tool_call>{\"}";
        var model = Saying(Text, StopCall);
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        var choices = (await replica.PostForJsonAsync("/v1/chat/completions", "{\"n\":2,\"seed\":0,\"response_format\":{\"type\":\"json_object\"}," + Ask + "}"))["choices"]!.AsArray();

        Assert.Equal([Text, null], choices.Select(choice => (string?)choice!["message"]!["content"]));
        Assert.Equal("stop", (string)choices[1]!["message"]!["tool_calls"]![0]!["function"]!["name"]!);
        Assert.All(model.Requests, request => Assert.InRange(request.Constraint!.NewSequence().LeastTokensToEnd, 2, 20));
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_all_tokens_also_of_the_calls()
    {
        var model = new ScriptedModel { Script = (_, _) => Likely(StopCall) };
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        var choice = (await replica.PostForJsonAsync("/v1/chat/completions", "{\"logprobs\":true," + Ask + "}"))["choices"]![0]!;

        Assert.Equal(StopCall, string.Concat(choice["logprobs"]!["content"]!.AsArray().Select(token => (string)token!["token"]!)));
        Assert.Equal("stop", (string)choice["message"]!["tool_calls"]![0]!["function"]!["name"]!);
    }

    [Fact]
    public async Task Tokenize_shows_the_prompt_with_tools()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Saying("ok"));

        int with = (int)(await replica.PostForJsonAsync("/v1/tokenize", "{" + Ask + "}"))["count"]!;
        int without = (int)(await replica.PostForJsonAsync("/v1/tokenize", "{\"tool_choice\":\"none\"," + Ask + "}"))["count"]!;

        Assert.Equal(2, without);
        Assert.InRange(with, 200, 500);
    }

    /// <summary>One text for each choice of a request.</summary>
    private static ScriptedModel Saying(params string[] texts) => new() { Card = new TextModelCard("scripted", "none", 2048, null), Script = (request, _) => ScriptedModel.Saying(texts[request.Sampling.Seed ?? 0]) };

    private static ScriptedModel WithTemplate(string text, string template)
        => new() { Card = new TextModelCard("scripted", "none", 2048, template), Script = (_, _) => ScriptedModel.Saying(text) };

    private static async IAsyncEnumerable<TextPiece> Likely(string text)
    {
        await foreach (var piece in ScriptedModel.Saying(text, FinishReason.Stop))
            yield return piece.Token is null ? piece : piece with { LogProb = -1, Top = [] };
    }
}
