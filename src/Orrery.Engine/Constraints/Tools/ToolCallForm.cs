namespace Orrery.Engine.Constraints.Tools;

/// <summary>How a model writes calls: what it was trained on and its chat template reads back.</summary>
/// <param name="Before">Text that opens a call; empty: the call's own brace does.</param>
/// <param name="After">Text that closes it.</param>
/// <param name="Between">Text between a call and the next; null: one call only, unless <paramref name="IsList"/>.</param>
/// <param name="IsList">The calls stand in one JSON list behind <paramref name="Before"/>.</param>
/// <param name="Arguments">The member that holds the arguments.</param>
public sealed record ToolCallForm(string Name, string Before, string After, string? Between, bool IsList, string Arguments)
{
    /// <summary>Hermes, Qwen 2.5 and 3, and many others: <c>&lt;tool_call&gt;\n{"name": ..., "arguments": {...}}\n&lt;/tool_call&gt;</c>.</summary>
    public static ToolCallForm Hermes { get; } = new("hermes", "<tool_call>\n", "\n</tool_call>", "\n", IsList: false, "arguments");

    /// <summary>Llama 3.1 and later: the text is <c>{"name": ..., "parameters": {...}}</c>.</summary>
    public static ToolCallForm Llama { get; } = new("llama", "", "", null, IsList: false, "parameters");

    /// <summary>Mistral: <c>[TOOL_CALLS][{"name": ..., "arguments": {...}}, ...]</c>; the opening is a control token.</summary>
    public static ToolCallForm Mistral { get; } = new("mistral", "[TOOL_CALLS]", "", null, IsList: true, "arguments");

    /// <summary>What marks a template, first match first.</summary>
    private static readonly (string Mark, ToolCallForm Form)[] Marks =
    [
        ("[TOOL_CALLS]", Mistral),
        ("<tool_call>", Hermes),
        ("\"parameters\": dictionary of argument name", Llama),
        ("<|python_tag|>", Llama),
    ];

    /// <summary>The form that a chat template writes; <see cref="Hermes"/> where none of the known marks is in it.</summary>
    /// <param name="chatTemplate">Jinja source, or null for none.</param>
    public static ToolCallForm Of(string? chatTemplate)
        => Marks.FirstOrDefault(entry => chatTemplate?.Contains(entry.Mark, StringComparison.Ordinal) == true).Form ?? Hermes;
}
