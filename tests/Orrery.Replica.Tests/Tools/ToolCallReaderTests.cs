using System.Text;
using Orrery.Engine.Constraints.Tools;
using Orrery.Replica.Tools;

namespace Orrery.Replica.Tests.Tools;

public sealed class ToolCallReaderTests
{
    private const string Oslo = """{"city": "Os\"lo", "days": [1, {"x": "}{]["}]}""";

    /// <summary>Form, answer, and what is in it: text in front, then each call as <c>name(arguments)</c>, <c>*</c> where it is cut.</summary>
    public static TheoryData<string, string, string> Answers => new()
    {
        { "hermes", $"<tool_call>\n{{\"name\": \"look\", \"arguments\": {Oslo}}}\n</tool_call>", $"look({Oslo})" },
        { "hermes", $"Let me see. \n\n<tool_call>{{\"name\":\"look\",\"arguments\":{Oslo}}}</tool_call>", $"Let me see.look({Oslo})" },
        { "hermes", "<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"b-2\", \"arguments\": {\"é😀\": \"</tool_call>\"}}\n</tool_call>\n", "a({})b-2({\"é😀\": \"</tool_call>\"})" },
        { "hermes", "<tool_call>\n{\"name\":\n \"a\",\n  \"arguments\": {\n  }\n}\n</tool_call>", "a({\n  })" },
        { "hermes", "", "" },
        { "hermes", "  It is <tool_cal<<tool_ cold</tool_call>\n ", "  It is <tool_cal<<tool_ cold</tool_call>\n " },
        { "hermes", "a < b\n\n<tool_ca", "a < b\n\n<tool_ca" },
        { "hermes", "\n<<tool_call><tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>", "\n<<tool_call>a({})" },
        { "hermes", "<tool_call>just a word", "<tool_call>just a word" },
        { "hermes", "<tool_call>{\"title\": \"a\", \"arguments\": {}}</tool_call>", "<tool_call>{\"title\": \"a\", \"arguments\": {}}</tool_call>" },
        { "hermes", "<tool_call>{\"name\": \"a\", \"arguments\": 5}</tool_call> x", "<tool_call>{\"name\": \"a\", \"arguments\": 5}</tool_call> x" },
        { "hermes", "<tool_call>{\"name\": \"a", "<tool_call>{\"name\": \"a" },
        { "hermes", "<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": \"}", "a({\"x\": \"})*" },
        { "hermes", "<tool_call>{\"name\": \"a\", \"arguments\": {}}\n</tool", "a({})" },
        { "hermes", "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call> and so on", " and so ona({})" },
        { "llama", $"{{\"name\": \"look\", \"parameters\": {Oslo}}}", $"look({Oslo})" },
        { "llama", "It is {\"name\": \"a\", \"parameters\": {}}", "It is {\"name\": \"a\", \"parameters\": {}}" },
        { "llama", "{\"name\": \"a\", \"arguments\": {}}", "{\"name\": \"a\", \"arguments\": {}}" },
        { "llama", " {}", " {}" },
        { "mistral", "[TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {\"x\":[]}}, {\"name\":\"b\",\"arguments\":{}}]", "a({\"x\":[]})b({})" },
        { "mistral", "Well [TOOL_CALLS][\n  {\"name\": \"a\", \"arguments\": {}}\n]", "Wella({})" },
        { "mistral", "[TOOL_CALL", "[TOOL_CALL" },
        { "mistral-named", $"[TOOL_CALLS]look[ARGS]{Oslo}[TOOL_CALLS]b[ARGS] {{}}", $"look({Oslo})b({{}})" },
        { "mistral-named", "[TOOL_CALLS]look[ARGS", "[TOOL_CALLS]look[ARGS" },
        { "functionary", $"Yes <function=look>{Oslo}</function>\n<function=b>{{}}</function>", $"Yeslook({Oslo})b({{}})" },
        { "functionary", "if a<function(b)>c", "if a<function(b)>c" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_text_and_calls_wherever_it_is_cut(string form, string answer, string expected)
    {
        var spelled = ToolCallForm.All.Single(one => one.Name == form);

        Assert.Equal(expected, Read(spelled, [answer]));
        Assert.Equal(expected, Read(spelled, answer.Select(c => c.ToString())));
        for (int first = 0; first <= answer.Length; first++)
        {
            for (int second = first; second <= answer.Length; second++)
                Assert.Equal(expected, Read(spelled, [answer[..first], answer[first..second], answer[second..]]));
        }
    }

    [Fact]
    public void Random_answers_of_what_calls_are_made_of_are_read_alike_wherever_they_are_cut_and_their_text_is_kept()
    {
        string[] parts = ["<tool_call>", "</tool_call>", "<tool", "{\"name\": \"", "a", "\", \"arguments\": ", "{", "}", "\"", "\\", "[TOOL_CALLS]", "[", "]", ",", " ", "\n", "[ARGS]", "<function=", ">", "parameters", "é", ":"];
        for (int seed = 0; seed < 4000; seed++)
        {
            var random = new Random(seed);
            var form = ToolCallForm.All[seed % ToolCallForm.All.Count];
            string answer = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => parts[random.Next(parts.Length)]));
            string whole = Read(form, [answer]);

            var cut = new List<string>();
            for (int at = 0; at < answer.Length;)
            {
                int length = Math.Min(1 + random.Next(6), answer.Length - at);
                cut.Add(answer.Substring(at, length));
                at += length;
            }

            Assert.Equal(whole, Read(form, cut));
            if (!whole.Contains('('))
                Assert.Equal(answer, whole);
        }
    }

    [Fact]
    public void Arguments_come_while_they_are_written()
    {
        var reader = new ToolCallReader(ToolCallForm.Hermes);
        var seen = new List<string>();
        foreach (string piece in (string[])["Hm", "m <", "tool_call>\n{\"na", "me\": \"look\", \"arguments\"", ": {\"ci", "ty\": \"Oslo\"}", "}\n</tool_", "call>"])
        {
            reader.Append(piece);
            var delta = reader.Take();
            seen.Add(delta.Text + string.Concat(delta.Calls.Select(call => $"|{call.Index} {call.Name} {call.Arguments}")));
        }
        reader.Finish();

        Assert.Equal(["Hm", "m", "", "", "|0 look {\"ci", "|0  ty\": \"Oslo\"}", "", ""], seen);
        Assert.True(reader.HasWholeCalls);
    }

    [Fact]
    public void A_control_token_opens_a_call_and_its_name_as_text_does_not()
    {
        var form = ToolCallForm.Mistral with { Opening = ToolCallForm.ControlMark + ToolCallForm.Mistral.Opening };

        Assert.Equal("a({})", Read(form, [form.Opening, "[{\"name\": \"a\", \"arguments\": {}}]"]));
        Assert.Equal("[TOOL_CALLS][{\"name\": \"a\", \"arguments\": {}}]", Read(form, ["[TOOL_CALLS]", "[{\"name\": \"a\", \"arguments\": {}}]"]));
    }

    private static string Read(ToolCallForm form, IEnumerable<string> pieces)
    {
        var reader = new ToolCallReader(form);
        StringBuilder text = new(), calls = new();
        int index = -1;
        foreach (string? piece in pieces.Append(null))
        {
            if (piece is null)
                reader.Finish();
            else
                reader.Append(piece);
            var delta = reader.Take();
            text.Append(delta.Text);
            foreach (var call in delta.Calls)
            {
                if (call.Name is { } name)
                    calls.Append(index++ < 0 ? "" : ")").Append(name).Append('(');
                Assert.Equal(index, call.Index);
                calls.Append(call.Arguments);
            }
        }
        if (index >= 0)
            calls.Append(reader.HasWholeCalls ? ")" : ")*");
        return $"{text}{calls}";
    }
}
