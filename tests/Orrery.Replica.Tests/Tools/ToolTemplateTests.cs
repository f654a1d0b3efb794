using System.Text.Json;
using Orrery.Models.ChatTemplates;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tests.Tools;

public sealed class ToolTemplateTests
{
    private static readonly FunctionTool Weather = new("get_weather", "The weather of a city", Json(
        """{"type":"object","properties":{"city":{"type":"string","description":"Its name"}},"required":["city"]}"""));

    private static readonly ChatMessage[] Asked = [new("user", "Oslo?")];

    private static readonly ChatMessage[] Called =
    [
        .. Asked,
        new("assistant", "") { ToolCalls = [new("call_abcdefghijklmnopqrstuvwx", new("get_weather", """{"city":"Oslo","days":[1]}"""))] },
        new("tool", "minus 3") { ToolCallId = "call_abcdefghijklmnopqrstuvwx" },
    ];

    /// <summary>Real templates whose own form of calls is read here. All others are shown tools as text of the conversation.</summary>
    private static readonly (string Template, string Form)[] Own =
    [
        ("NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use", "hermes"),
        ("NousResearch-Hermes-3-Llama-3.1-8B-tool_use", "hermes"),
        ("Qwen-QwQ-32B", "hermes"),
        ("Qwen-Qwen2.5-7B-Instruct", "hermes"),
        ("Qwen-Qwen3-0.6B", "hermes"),
        ("ibm-granite-granite-4.0", "hermes"),
        ("meetkai-functionary-medium-v3.1", "functionary"),
        ("meta-llama-Llama-3.1-8B-Instruct", "llama"),
        ("meta-llama-Llama-3.3-70B-Instruct", "llama"),
        ("mistralai-Ministral-3-14B-Reasoning-2512", "mistral-named"),
        ("mistralai-Mistral-Nemo-Instruct-2407", "mistral"),
    ];

    [Fact]
    public void Real_templates_show_tools_themselves_where_their_form_of_calls_is_read()
    {
        var own = Templates()
            .Select(template => (template.Name, Shown: new ToolTemplate(template.Template)))
            .Where(template => template.Shown.Of(new Conversation(Asked, [Weather])).Tools.Count > 0)
            .Select(template => (template.Name, template.Shown.Form.Name));

        Assert.Equal(string.Join('\n', Own), string.Join('\n', own));
    }

    [Fact]
    public void Every_real_template_writes_tools_calls_and_results_in_one_way_or_the_other()
    {
        foreach (var (name, source) in Templates())
        {
            var template = new ToolTemplate(source);
            var conversation = template.Of(new Conversation(Called, [Weather]));
            var rendered = source.Render(new ChatTemplateInput
            {
                Messages = conversation.MessagesJson(template.IdOf),
                Tools = conversation.ToolsJson(),
                AddGenerationPrompt = true,
                SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "", ["eos_token"] = "" },
            });

            // Its tools are what it was made for: without any it does not render.
            if (name == "CohereForAI-c4ai-command-r-plus-tool_use")
                continue;
            string text = rendered is ChatTemplateResult.Rendered { Text: var whole } ? whole : $"{rendered}";
            foreach (string part in (string[])["get_weather", "The weather of a city", "Its name", "Oslo?", "\"Oslo\"", "minus 3"])
                Assert.True(text.Contains(part, StringComparison.Ordinal), $"{name} lacks {part}: {text}");
            Assert.False(text.Contains("\\\"city", StringComparison.Ordinal), $"{name}: arguments became a string in a string: {text}");
        }
    }

    private static IEnumerable<(string Name, ChatTemplate Template)> Templates()
        => Directory.EnumerateFiles(Repository.Shared("models", "chat-templates"), "*.jinja").Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file), ChatTemplate.Parse(File.ReadAllText(file))));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
