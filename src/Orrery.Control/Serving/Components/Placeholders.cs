using System.Text;

namespace Orrery.Control.Serving.Components;

/// <summary>
/// Fills <c>$(NAME)</c> in texts. Plain text in, plain text out: nothing is escaped, so nothing can be escaped wrongly, and what was filled in is not looked at again.
/// A name that is not known here stays as it stands: the runtime may know it.
/// </summary>
internal sealed record Placeholders(IReadOnlyDictionary<string, string> Texts, IReadOnlyDictionary<string, IReadOnlyList<string>> Lists)
{
    private const string Open = "$(";

    public Placeholders With(string name, string text) => this with { Texts = new Dictionary<string, string>(Texts, StringComparer.Ordinal) { [name] = text } };

    /// <summary>Whether it is named in any of the texts.</summary>
    public static bool IsNamed(string name, IEnumerable<string> texts) => texts.Any(t => t.Contains($"{Open}{name})", StringComparison.Ordinal));

    /// <summary>An argument that is a list as a whole becomes one argument for each of its entries.</summary>
    public IEnumerable<string> FillAll(IEnumerable<string> arguments) => arguments.SelectMany(a => WholeList(a) ?? [Fill(a)]);

    /// <summary>A list has commas between its entries.</summary>
    public string Fill(string text)
    {
        int open = text.IndexOf(Open, StringComparison.Ordinal);
        if (open < 0)
            return text;
        var filled = new StringBuilder();
        int at = 0;
        for (; open >= 0; open = text.IndexOf(Open, at, StringComparison.Ordinal))
        {
            int close = text.IndexOf(')', open);
            if (close < 0)
                break;
            filled.Append(text, at, open - at);
            string name = text[(open + Open.Length)..close];
            if (Value(name) is { } value)
                (_, at) = (filled.Append(value), close + 1);
            else
                (_, at) = (filled.Append(Open), open + Open.Length);
        }
        return filled.Append(text, at, text.Length - at).ToString();
    }

    private string? Value(string name) => Texts.GetValueOrDefault(name) ?? (Lists.TryGetValue(name, out var list) ? string.Join(',', list) : null);

    private IReadOnlyList<string>? WholeList(string argument)
        => argument.StartsWith(Open, StringComparison.Ordinal) && argument.EndsWith(')') ? Lists.GetValueOrDefault(argument[Open.Length..^1]) : null;
}
