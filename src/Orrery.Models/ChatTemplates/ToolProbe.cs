using System.Text.Json;

namespace Orrery.Models.ChatTemplates;

/// <summary>What a chat template makes of tools, found out by letting it write conversations with one: templates do not say it themselves.</summary>
/// <param name="HasSystem">It writes system messages.</param>
/// <param name="Call">What it writes of a conversation with a call of <see cref="Tool"/>; null unless it shows tools, calls and their results.</param>
public sealed record ToolProbe(bool HasSystem, string? Call)
{
    /// <summary>The tool that is called.</summary>
    public const string Tool = "look_at_probe";

    private const string Argument = "probed_argument", Result = "probed_result", Instruction = "probed_instruction";

    private static readonly JsonElement Tools = Json(
        $$$$"""
        [{"type":"function","function":{"name":"{{{{Tool}}}}","description":"Looks.","parameters":{"type":"object","properties":{"at":{"type":"string","description":"What."}},"required":["at"]}}}]
        """);

    private static readonly JsonElement Instructed = Json($$$$"""[{"role":"system","content":"{{{{Instruction}}}}"},{"role":"user","content":"Hello"}]""");

    private static readonly JsonElement Asked = Json("""[{"role":"user","content":"Hello"}]""");

    // Some templates want ids of nine letters and digits.
    private static readonly JsonElement Called = Json(
        $$$$"""
        [{"role":"user","content":"Hello"},
         {"role":"assistant","content":"","tool_calls":[{"id":"call00001","type":"function","function":{"name":"{{{{Tool}}}}","arguments":{"at":"{{{{Argument}}}}"}}}]},
         {"role":"tool","tool_call_id":"call00001","name":"{{{{Tool}}}}","content":"{{{{Result}}}}"}]
        """);

    public static ToolProbe Of(ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        bool system = Text(template, Instructed, null).Contains(Instruction, StringComparison.Ordinal);
        string call = Text(template, Called, Tools);
        bool whole = Text(template, Asked, Tools).Contains(Tool, StringComparison.Ordinal)
            && call.Contains(Argument, StringComparison.Ordinal) && call.Contains(Result, StringComparison.Ordinal);
        return new ToolProbe(system, whole ? call : null);
    }

    /// <returns>Empty where the template does not take the conversation.</returns>
    private static string Text(ChatTemplate template, JsonElement messages, JsonElement? tools)
    {
        var input = new ChatTemplateInput
        {
            Messages = messages,
            Tools = tools,
            AddGenerationPrompt = true,
            SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "", ["eos_token"] = "" },
        };
        return template.Render(input) is ChatTemplateResult.Rendered rendered ? rendered.Text : "";
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
