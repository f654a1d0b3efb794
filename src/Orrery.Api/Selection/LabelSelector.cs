using System.Globalization;
using Orrery.Resources.Text;
using Orrery.Resources.Validation;

namespace Orrery.Api.Selection;

/// <summary>
/// Kubernetes' label selectors: <c>a=b</c>, <c>a==b</c>, <c>a!=b</c>, <c>a in (b, c)</c>, <c>a notin (b, c)</c>, <c>a</c> (is there),
/// <c>!a</c> (is not), <c>a&gt;1</c> and <c>a&lt;1</c>, all of them joined by commas. <c>!=</c> and <c>notin</c> also take objects without the label.
/// </summary>
internal sealed class LabelSelector
{
    /// <summary>Of the text. A longer one costs every object of a list, and says nothing that a label could not.</summary>
    public const int MaxLength = 4096;

    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    private sealed record Requirement(string Key, Func<string?, bool> Holds);

    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Holds(labels?.GetValueOrDefault(requirement.Key)))
                return false;
        }
        return true;
    }

    /// <returns>The selector, or what is wrong with the text.</returns>
    public static (LabelSelector? Selector, string? Problem) Parse(string text)
    {
        if (text.Length > MaxLength)
            return (null, $"labelSelector: it is {text.Length} letters long; at most {MaxLength} are read");
        var requirements = new List<Requirement>();
        foreach (string part in Parts(text))
        {
            if (One(part.Trim()) is not { } requirement)
            {
                return (null, $"labelSelector: '{Excerpt.Of(part.Trim())}' must be key=value, key!=value, key in (a, b), key notin (a, b), key, !key, "
                    + "key>number or key<number, of keys and values that labels may have");
            }
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
        int sign = part.AsSpan().IndexOfAny("=<>");
        if (sign > 0)
            return part[sign] == '=' ? Equal(part, sign) : Compared(part, sign);
        if (part.EndsWith(')') && part.IndexOf('(') is > 0 and var open)
            return Set(part[..open], part[(open + 1)..^1]);
        return part.StartsWith('!') ? Of(part[1..].Trim(), value => value is null) : Of(part, value => value is not null);
    }

    private static Requirement? Equal(string part, int equals)
    {
        bool negated = part[equals - 1] == '!';
        string key = part[..(negated ? equals - 1 : equals)].Trim();
        string wanted = part[(equals + 1)..];
        if (!negated && wanted.StartsWith('='))
            wanted = wanted[1..];
        wanted = wanted.Trim();
        return Names.IsLabelValue(wanted) ? Of(key, value => (value == wanted) != negated) : null;
    }

    private static Requirement? Compared(string part, int sign)
    {
        bool above = part[sign] == '>';
        return Number(part[(sign + 1)..].Trim()) is { } bound
            ? Of(part[..sign].Trim(), value => value is not null && Number(value) is { } number && (above ? number > bound : number < bound))
            : null;
    }

    private static Requirement? Set(string head, string inside)
    {
        var words = head.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var values = inside.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        if (words is not [var key, "in" or "notin"] || !values.All(Names.IsLabelValue))
            return null;
        return words[1] == "in" ? Of(key, value => value is not null && values.Contains(value)) : Of(key, value => value is null || !values.Contains(value));
    }

    private static Requirement? Of(string key, Func<string?, bool> holds) => Names.IsLabelKey(key) ? new Requirement(key, holds) : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
