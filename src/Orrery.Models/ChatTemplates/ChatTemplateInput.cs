using System.Text.Json;

namespace Orrery.Models.ChatTemplates;

/// <summary>What a template is given. Names and presence follow the transformers library, for which templates are written.</summary>
public sealed record ChatTemplateInput
{
    /// <summary>
    /// A JSON array of messages, each an object: <c>role</c>, <c>content</c> as text or parts, <c>tool_calls</c>, and whatever else the
    /// template may know, such as <c>reasoning_content</c>.
    /// </summary>
    public required JsonElement Messages { get; init; }

    /// <summary>A JSON array of tools as the OpenAI API has them. Null: templates see <c>none</c>.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>A JSON array. Null: templates see <c>none</c>.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Ends the prompt where the assistant's answer begins.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary><c>bos_token</c>, <c>eos_token</c> and the like, as their text. A token that the model lacks is left out.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>More variables, such as <c>enable_thinking</c>. They win over everything above.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>For <c>strftime_now</c>, in its local time zone.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
