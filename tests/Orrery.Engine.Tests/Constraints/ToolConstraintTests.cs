using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests.Constraints;

public sealed class ToolConstraintTests
{
    private static readonly Tool[] Tools =
    [
        new("get_weather", Texts.Json("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""")),
        new("stop", null),
    ];

    private static readonly string Hermes = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>";
    private static readonly string HermesStop = "<tool_call>\n{\"name\":\"stop\",\"arguments\":{}}\n</tool_call>";

    [Fact]
    public void Required_hermes_calls_are_calls_and_nothing_else()
    {
        var grammar = Compile(new ToolChoice.Required(), ToolCallForm.Hermes);

        Assert.True(Texts.Accepts(grammar, Hermes));
        Assert.True(Texts.Accepts(grammar, Hermes + "\n" + HermesStop));
        Assert.False(Texts.Accepts(grammar, ""));
        Assert.False(Texts.Accepts(grammar, "Let me see. " + Hermes));
        Assert.True(Texts.Accepts(grammar, Hermes + HermesStop + "\n"));
        Assert.False(Texts.Accepts(grammar, Hermes + "\n\n"));
        Assert.False(Texts.Accepts(grammar, Hermes.Replace("city", "town", StringComparison.Ordinal)));
        Assert.False(Texts.Accepts(grammar, Hermes.Replace("get_weather", "stop", StringComparison.Ordinal)));
        Assert.False(Texts.Accepts(grammar, Hermes.Replace("get_weather", "get_news", StringComparison.Ordinal)));
    }

    [Fact]
    public void Auto_is_text_or_calls_or_text_and_then_calls()
    {
        var grammar = Compile(new ToolChoice.Auto(), ToolCallForm.Hermes);

        Assert.True(Texts.Accepts(grammar, ""));
        Assert.True(Texts.Accepts(grammar, "It is <b>cold</b> in <tool_ca<<tool_calls> é 😀"));
        Assert.True(Texts.Accepts(grammar, Hermes));
        Assert.True(Texts.Accepts(grammar, "Let me see.\n<<tool_call" + Hermes + "\n" + HermesStop));
        Assert.False(Texts.Accepts(grammar, "<tool_call>\n"));
        Assert.False(Texts.Accepts(grammar, "<tool_call>\nfree text"));
        Assert.False(Texts.Accepts(grammar, Hermes + " and so on"));
    }

    [Fact]
    public void A_named_tool_is_called_once()
    {
        var grammar = Compile(new ToolChoice.Named("stop"), ToolCallForm.Hermes);

        Assert.True(Texts.Accepts(grammar, HermesStop));
        Assert.False(Texts.Accepts(grammar, HermesStop + "\n" + HermesStop));
        Assert.False(Texts.Accepts(grammar, Hermes));
    }

    [Fact]
    public void Without_parallel_calls_there_is_one()
    {
        var grammar = Compile(new ToolChoice.Required(), ToolCallForm.Hermes, parallel: false);

        Assert.True(Texts.Accepts(grammar, HermesStop));
        Assert.False(Texts.Accepts(grammar, HermesStop + "\n" + HermesStop));
    }

    [Fact]
    public void Llama_calls_are_the_whole_text_with_parameters()
    {
        const string Call = """{"name": "get_weather", "parameters": {"city": "Oslo"}}""";
        var required = Compile(new ToolChoice.Required(), ToolCallForm.Llama);
        var auto = Compile(new ToolChoice.Auto(), ToolCallForm.Llama);

        Assert.True(Texts.Accepts(required, Call));
        Assert.False(Texts.Accepts(required, " " + Call));
        Assert.False(Texts.Accepts(required, Call.Replace("parameters", "arguments", StringComparison.Ordinal)));
        Assert.True(Texts.Accepts(auto, Call));
        Assert.True(Texts.Accepts(auto, "It is {cold}."));
        Assert.True(Texts.Accepts(auto, ""));
        Assert.False(Texts.Accepts(auto, "{cold}"));
    }

    [Fact]
    public void Mistral_calls_are_a_list_behind_a_control_token_that_only_that_token_writes()
    {
        var tokenizer = WithControls("[TOOL_CALLS]");
        var tokens = TokenTrie.Of(tokenizer);
        var grammar = Compile(new ToolChoice.Auto(), ToolCallForm.Mistral, tokenizer: tokenizer);
        var sequence = CompiledConstraint.Of(grammar, tokens)!.NewSequence();

        foreach (int token in tokenizer.Encode("ok", false))
            sequence.Accept(token);
        Assert.True(sequence.IsComplete);
        sequence.Accept(tokenizer.VocabularySize - 2);
        Assert.False(sequence.IsComplete);
        foreach (int token in tokenizer.Encode("""[{"name": "stop", "arguments": {}}, {"name":"stop","arguments":{}}]""", false))
            sequence.Accept(token);

        Assert.True(sequence.MustEnd);
    }

    [Fact]
    public void An_opening_that_is_text_in_a_vocabulary_is_written_as_text()
        => Assert.True(Texts.Accepts(Compile(new ToolChoice.Required(), ToolCallForm.Mistral), """[TOOL_CALLS] [{"name": "stop", "arguments": {}}]"""));

    [Fact]
    public void Calls_of_a_name_and_arguments_follow_each_other_where_there_may_be_several()
    {
        var several = Compile(new ToolChoice.Required(), ToolCallForm.Functionary);
        var one = Compile(new ToolChoice.Required(), ToolCallForm.MistralNamed, parallel: false);

        Assert.True(Texts.Accepts(several, """<function=stop>{}</function><function=get_weather>{"city": "Oslo"}</function>"""));
        Assert.False(Texts.Accepts(several, """<function=stop>{"city": "Oslo"}</function>"""));
        Assert.True(Texts.Accepts(one, """[TOOL_CALLS]get_weather[ARGS]{"city": "Oslo"}"""));
        Assert.False(Texts.Accepts(one, "[TOOL_CALLS]stop[ARGS]{}[TOOL_CALLS]stop[ARGS]{}"));
    }

    [Fact]
    public void What_is_no_call_can_be_held_to_a_schema()
    {
        var result = ToolConstraint.Of(
            Tools, new ToolChoice.Auto(), ToolCallForm.Hermes, TokenTrie.Of(Texts.Small), content: Texts.Json("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"""));
        var grammar = Assert.IsType<ToolResult.Compiled>(result).Grammar;

        Assert.True(Texts.Accepts(grammar, """{"a": 5}"""));
        Assert.True(Texts.Accepts(grammar, HermesStop));
        Assert.False(Texts.Accepts(grammar, "It is cold."));
        Assert.False(Texts.Accepts(grammar, """{"a": 5}""" + HermesStop));
    }

    [Fact]
    public void Reasoning_between_control_tokens_may_come_before_a_call()
    {
        foreach (var form in ToolCallForm.All)
        {
            var tokenizer = WithControls("[THINK]");
            var sequence = CompiledConstraint.Of(Compile(new ToolChoice.Auto(), form, tokenizer: tokenizer), TokenTrie.Of(tokenizer))!.NewSequence();
            int mark = tokenizer.VocabularySize - 2;

            foreach (int token in (int[])[mark, .. tokenizer.Encode("Hm", false), mark, .. tokenizer.Encode("ok", false)])
                sequence.Accept(token);

            Assert.True(sequence.IsComplete, form.Name);
        }
    }

    [Fact]
    public void Only_the_tools_that_are_allowed_are_called()
    {
        var result = ToolConstraint.Of(Tools, new ToolChoice.Required(), ToolCallForm.Hermes, TokenTrie.Of(Texts.Small), parallel: true, ["stop"]);
        var grammar = Assert.IsType<ToolResult.Compiled>(result).Grammar;

        Assert.True(Texts.Accepts(grammar, HermesStop + "\n" + HermesStop));
        Assert.False(Texts.Accepts(grammar, Hermes));
    }

    [Fact]
    public void Calls_of_random_models_are_whole_when_the_tokens_are_used_up()
    {
        var forms = ToolCallForm.All;
        for (int seed = 0; seed < 90; seed++)
        {
            var choice = (seed % 3) switch { 0 => new ToolChoice.Required(), 1 => new ToolChoice.Named("stop"), _ => (ToolChoice)new ToolChoice.Auto() };
            var grammar = Compile(choice, forms[seed / 3 % forms.Count], tokenizer: Texts.Large);
            var compiled = CompiledConstraint.Of(grammar, TokenTrie.Of(Texts.Large))!;

            string text = RandomText.Write(compiled, Texts.Large, compiled.NewSequence().LeastTokensToEnd + seed, new Random(seed));

            Assert.True(Texts.Accepts(grammar, text), text);
        }
    }

    [Fact]
    public void As_many_tools_as_there_may_be_fit_with_schemas_of_the_usual_size()
    {
        var schema = Texts.Json("""
            {"type":"object","properties":{"path":{"type":"string"},"count":{"type":"integer","minimum":0,"maximum":1000},"mode":{"enum":["read","write"]},"since":{"type":"string","format":"date-time"},
            "until":{"type":"string","format":"date-time"},"options":{"type":"object","properties":{"deep":{"type":"boolean"},"tags":{"type":"array","items":{"type":"string"}}}}},"required":["path"]}
            """);
        Tool[] tools = [.. Enumerable.Range(0, ToolConstraint.MaxTools).Select(i => new Tool($"tool_{i}", schema))];

        var grammar = Assert.IsType<ToolResult.Compiled>(ToolConstraint.Of(tools, new ToolChoice.Auto(), ToolCallForm.Hermes, TokenTrie.Of(Texts.Small))).Grammar;

        Assert.True(Texts.Accepts(grammar, """<tool_call>{"name": "tool_127", "arguments": {"path": "", "until": "2026-01-31T12:00:00Z"}}</tool_call>"""));
    }

    [Fact]
    public void Tools_that_are_too_large_together_are_refused()
    {
        Tool[] tools =
        [
            .. Enumerable.Range(0, 30).Select(i => new Tool($"tool_{i}", Texts.Json(
                "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[" + string.Join(',', Enumerable.Range(0, 1000).Select(value => $"\"{value:x8}-{i}\"")) + "]}}}"))),
        ];

        var refused = Assert.IsType<ToolResult.Refused>(ToolConstraint.Of(tools, new ToolChoice.Auto(), ToolCallForm.Hermes, TokenTrie.Of(Texts.Small)));

        Assert.StartsWith("tools: are too large together", Assert.Single(refused.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_tools_or_none_wanted_leaves_the_text_free()
    {
        Assert.IsType<ToolResult.Unconstrained>(ToolConstraint.Of(Tools, new ToolChoice.None(), ToolCallForm.Hermes, TokenTrie.Of(Texts.Small)));
        Assert.IsType<ToolResult.Unconstrained>(ToolConstraint.Of([], new ToolChoice.Auto(), ToolCallForm.Hermes, TokenTrie.Of(Texts.Small)));
    }

    public static TheoryData<Tool[], ToolChoice, string> Wrong => new()
    {
        { Tools, new ToolChoice.Named("fly"), "tool_choice: names 'fly', which is not among tools" },
        { [], new ToolChoice.Required(), "tool_choice: is required, but there are no tools" },
        { [new("a b", null)], new ToolChoice.Auto(), "tools/0/name: is 'a b' and must be 1 to 64 letters, digits, underscores and hyphens" },
        { [Tools[0], Tools[0]], new ToolChoice.Auto(), "tools: has two tools of the name 'get_weather'" },
        { [Tools[0], new("x", Texts.Json("""{"type":"object","properties":{"a":{"not":{}}}}"""))], new ToolChoice.Auto(), "tools/1/parameters#/properties/a: 'not' does not work: say what is allowed with enum, pattern, type or anyOf" },
        { [Tools[0], new("x", Texts.Json("false"))], new ToolChoice.Auto(), "tools/1/parameters#: allows no value at all: some of its restrictions exclude each other, or it never ends" },
    };

    [Fact]
    public void A_form_of_calls_that_begins_as_any_JSON_does_allows_no_other_JSON_beside_it()
    {
        var result = ToolConstraint.Of(Tools, new ToolChoice.Auto(), ToolCallForm.Llama, TokenTrie.Of(Texts.Small), content: Texts.Json("{}"));

        Assert.StartsWith("response_format: does not work", Assert.Single(Assert.IsType<ToolResult.Refused>(result).Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_with_tools_is_named_with_its_place(Tool[] tools, ToolChoice choice, string problem)
    {
        var refused = Assert.IsType<ToolResult.Refused>(ToolConstraint.Of(tools, choice, ToolCallForm.Hermes, TokenTrie.Of(Texts.Small)));

        Assert.Equal(problem, Assert.Single(refused.Problems).ToString());
    }

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"probe\", \"arguments\": {\"a\": 1}}\n</tool_call>")]
    [InlineData("hermes", "Format: {\"name\": \"probe\", \"parameters\": {...}}\n<tool_call>{\"name\":\"probe\",\"arguments\":{}}</tool_call>")]
    [InlineData("mistral", "[TOOL_CALLS] [{\"name\": \"probe\", \"arguments\": {\"a\": 1}, \"id\": \"123456789\"}]</s>")]
    [InlineData("mistral-named", "[TOOL_CALLS]probe[ARGS]{\"a\": 1}</s>")]
    [InlineData("functionary", "<function=probe>{\"a\": 1}</function>")]
    [InlineData("llama", "<|end_header_id|>\n\n{\"name\": \"probe\", \"parameters\": {\"a\": 1}}<|eot_id|>")]
    [InlineData(null, "<tool_call>\n<function=probe>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>")]
    [InlineData(null, "<tool_call>probe\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>")]
    [InlineData(null, "<tool_call>\n{\"name\": \"probe\", \"arguments\": \"{\\\"a\\\": 1}\"}\n</tool_call>")]
    [InlineData(null, "<|start|>assistant to=functions.probe<|channel|>commentary json<|message|>{\"a\": 1}<|call|>")]
    [InlineData(null, "")]
    public void The_form_of_calls_is_the_one_that_a_call_is_written_in(string? form, string text) => Assert.Equal(form, ToolCallForm.WrittenIn(text, "probe")?.Name);

    private static Grammar Compile(ToolChoice choice, ToolCallForm form, bool parallel = true, Tokenizer? tokenizer = null)
        => Assert.IsType<ToolResult.Compiled>(ToolConstraint.Of(Tools, choice, form, TokenTrie.Of(tokenizer ?? Texts.Small), parallel)).Grammar;

    /// <summary>All printable ASCII characters, then a control token of that name.</summary>
    private static ListTokenizer WithControls(string name)
        => new([.. Enumerable.Range(0x20, 0x5F).Select(c => ((char)c).ToString()), name]) { ControlName = name };
}
