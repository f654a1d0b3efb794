using System.Text.RegularExpressions;

namespace Orrery.Engine.Constraints.Tools;

/// <summary>How a model writes calls: what it was trained on and its chat template shows. White space may stand around each part.</summary>
/// <param name="Opening">Text that opens a call, or a list of them; empty: the call's own brace does.</param>
/// <param name="Closing">Text that closes it.</param>
public sealed record ToolCallForm(string Name, string Opening, string Closing)
{
    /// <summary>Stands before the name of a control token in a form that was spelled for a vocabulary. No text holds it: it is half of a surrogate pair.</summary>
    public const char ControlMark = '\uD800';

    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    /// <summary>The calls stand in one JSON list behind <see cref="Opening"/>.</summary>
    public bool IsList { get; init; }

    /// <summary>One call may follow another, each with its opening and closing.</summary>
    public bool Repeats { get; init; }

    /// <summary>The member that holds the arguments, where a call is a JSON object with <c>name</c> and this.</summary>
    public string Arguments { get; init; } = "arguments";

    /// <summary>What ends the name, where a call is a name and behind it the arguments; null: it is a JSON object.</summary>
    public string? NameEnd { get; init; }

    /// <summary>Hermes, Qwen 2.5 and 3, Granite 4 and many others: <c>&lt;tool_call&gt;\n{"name": ..., "arguments": {...}}\n&lt;/tool_call&gt;</c>.</summary>
    public static ToolCallForm Hermes { get; } = new("hermes", "<tool_call>", "</tool_call>") { Repeats = true };

    /// <summary>Llama 3.1 and later: the text is <c>{"name": ..., "parameters": {...}}</c>.</summary>
    public static ToolCallForm Llama { get; } = new("llama", "", "") { Arguments = "parameters" };

    /// <summary>Mistral up to Nemo: <c>[TOOL_CALLS][{"name": ..., "arguments": {...}}, ...]</c>; the opening is a control token.</summary>
    public static ToolCallForm Mistral { get; } = new("mistral", "[TOOL_CALLS]", "") { IsList = true };

    /// <summary>Mistral from 2025 on: <c>[TOOL_CALLS]name[ARGS]{...}</c>; both marks are control tokens.</summary>
    public static ToolCallForm MistralNamed { get; } = new("mistral-named", "[TOOL_CALLS]", "") { NameEnd = "[ARGS]", Repeats = true };

    /// <summary>Functionary 3.1: <c>&lt;function=name&gt;{...}&lt;/function&gt;</c>.</summary>
    public static ToolCallForm Functionary { get; } = new("functionary", "<function=", "</function>") { NameEnd = ">", Repeats = true };

    public static IReadOnlyList<ToolCallForm> All { get; } = [Hermes, Mistral, MistralNamed, Functionary, Llama];

    /// <summary>The form that a call of <paramref name="tool"/> is written in.</summary>
    /// <param name="text">What a chat template made of a conversation with such a call; its arguments are an object.</param>
    /// <returns>Null: none of those known here.</returns>
    public static ToolCallForm? WrittenIn(string text, string tool)
    {
        ArgumentNullException.ThrowIfNull(text);
        return All.FirstOrDefault(form => Regex.IsMatch(text, form.Start(tool), RegexOptions.CultureInvariant, MatchTime));
    }

    /// <summary>This form with <see cref="ControlMark"/> before each part that is a control token of the vocabulary.</summary>
    public ToolCallForm SpelledFor(TokenTrie tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return this with { Opening = Spelled(Opening), Closing = Spelled(Closing), NameEnd = NameEnd is null ? null : Spelled(NameEnd) };

        string Spelled(string part) => tokens.HasControl(part) ? ControlMark + part : part;
    }

    /// <summary>A pattern for everything up to the arguments.</summary>
    private string Start(string tool)
    {
        string opening = Regex.Escape(Opening) + (IsList ? @"\s*\[" : "");
        return NameEnd is null
            ? $$"""{{opening}}\s*\{\s*"name"\s*:\s*"{{Regex.Escape(tool)}}"\s*,\s*"{{Arguments}}"\s*:\s*\{"""
            : $$"""{{opening}}{{Regex.Escape(tool + NameEnd)}}\s*\{""";
    }
}
