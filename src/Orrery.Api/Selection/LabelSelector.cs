namespace Orrery.Api.Selection;

/// <summary>
/// Kubernetes' label selectors: <c>a=b</c>, <c>a==b</c>, <c>a!=b</c>, <c>a in (b, c)</c>, <c>a notin (b, c)</c>, <c>a</c> (is there) and
/// <c>!a</c> (is not), all of them joined by commas. <c>!=</c> and <c>notin</c> also take objects without the label.
/// </summary>
internal sealed class LabelSelector
{
    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    /// <param name="Values">Null: any value.</param>
    private sealed record Requirement(string Key, IReadOnlyList<string>? Values, bool Negated)
    {
        public bool Matches(IReadOnlyDictionary<string, string>? labels)
            => (labels is not null && labels.TryGetValue(Key, out string? value) && (Values is null || Values.Contains(value))) != Negated;
    }

    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }
        return true;
    }

    /// <returns>The selector, or what is wrong with the text.</returns>
    public static (LabelSelector? Selector, string? Problem) Parse(string text)
    {
        var requirements = new List<Requirement>();
        foreach (string part in Parts(text))
        {
            if (One(part.Trim()) is not { } requirement)
                return (null, $"labelSelector: '{part.Trim()}' must be key=value, key!=value, key in (a, b), key notin (a, b), key or !key");
            requirements.Add(requirement);
        }
        return (new LabelSelector(requirements), null);
    }

    /// <summary>Splits at commas outside parentheses.</summary>
    private static IEnumerable<string> Parts(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }

    private static Requirement? One(string part)
    {
        int equals = part.IndexOf('=');
        if (equals > 0)
        {
            bool negated = part[equals - 1] == '!';
            string key = part[..(negated ? equals - 1 : equals)].Trim();
            string value = part[(equals + 1)..];
            if (!negated && value.StartsWith('='))
                value = value[1..];
            return IsKey(key) && IsValue(value.Trim()) ? new Requirement(key, [value.Trim()], negated) : null;
        }
        if (part.EndsWith(')') && part.IndexOf('(') is > 0 and var open)
            return Set(part[..open], part[(open + 1)..^1]);
        bool absent = part.StartsWith('!');
        string name = absent ? part[1..].Trim() : part;
        return IsKey(name) ? new Requirement(name, null, absent) : null;
    }

    private static Requirement? Set(string head, string inside)
    {
        var words = head.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var values = inside.Split(',', StringSplitOptions.TrimEntries);
        return words is [var key, "in" or "notin"] && IsKey(key) && values.All(IsValue) ? new Requirement(key, values, words[1] == "notin") : null;
    }

    private static bool IsKey(string text) => text.Length > 0 && text.All(c => IsWord(c) || c == '/');

    private static bool IsValue(string text) => text.All(IsWord);

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
