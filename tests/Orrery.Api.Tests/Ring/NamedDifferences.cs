using System.Text.RegularExpressions;

namespace Orrery.Api.Tests.Ring;

/// <summary>
/// The differences that are meant to be, from <c>docs/kubernetes-differences.md</c>: a heading says why, and each line below it in the form
/// of <see cref="Difference.ToString"/> names some; <c>*</c> in it is any text.
/// </summary>
internal sealed partial record NamedDifferences(IReadOnlyList<NamedDifferences.Line> Lines)
{
    public sealed record Line(string Text, Regex At, Regex Path, Regex Ours, Regex Theirs)
    {
        public bool Names(Difference difference)
            => At.IsMatch(difference.At) && Path.IsMatch(difference.Path) && Ours.IsMatch(difference.Ours) && Theirs.IsMatch(difference.Theirs);
    }

    public static NamedDifferences Read() => Parse(File.ReadAllText(Repository.File("docs", "kubernetes-differences.md")));

    public static NamedDifferences Parse(string text) => new([.. text.Split('\n').Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(Of)]);

    public IEnumerable<Difference> Unnamed(IEnumerable<Difference> differences) => differences.Where(d => !Lines.Any(l => l.Names(d)));

    /// <summary>Lines that name nothing.</summary>
    public IEnumerable<string> Gone(IReadOnlyCollection<Difference> differences) => Lines.Where(l => !differences.Any(l.Names)).Select(l => l.Text);

    private static Line Of(string line) => Form().Match(line) is { Success: true, Groups: var parts }
        ? new Line(line, Pattern(parts[1]), Pattern(parts[2]), Pattern(parts[3]), Pattern(parts[4]))
        : throw new FormatException($"'{line}' is not of the form - `scenario/step` `field`: `ours`, there `theirs`");

    private static Regex Pattern(Group part)
        => new($"^{Regex.Escape(part.Value).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    [GeneratedRegex("^- `([^`]+)` `([^`]+)`: `([^`]+)`, there `([^`]+)`$")]
    private static partial Regex Form();
}
