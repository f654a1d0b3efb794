using System.Collections.Frozen;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>What may stand behind <c>is</c>. As in Python, what is undefined can be run over (it has no elements), and a mapping is a sequence.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, Func<Value, bool>> Plain = new Dictionary<string, Func<Value, bool>>
    {
        ["defined"] = v => v is not Value.Undefined,
        ["undefined"] = v => v is Value.Undefined,
        ["none"] = v => v is Value.None,
        ["boolean"] = v => v is Value.Boolean,
        ["true"] = v => v is Value.Boolean { Is: true },
        ["false"] = v => v is Value.Boolean { Is: false },
        ["integer"] = v => v is Value.Integer,
        ["float"] = v => v is Value.Float,
        ["number"] = Numbers.Is,
        ["string"] = v => v is Value.Text,
        ["mapping"] = v => v is Value.Map,
        ["iterable"] = v => v is Value.List or Value.Text or Value.Map or Value.Undefined,
        ["sequence"] = v => v is Value.List or Value.Text or Value.Map or Value.Undefined,
        ["callable"] = v => v is Value.Function,
        ["odd"] = v => Numbers.Whole(v) % 2 != 0,
        ["even"] = v => Numbers.Whole(v) % 2 == 0,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Comparisons = new Dictionary<string, string>
    {
        ["eq"] = "==",
        ["equalto"] = "==",
        ["ne"] = "!=",
        ["lt"] = "<",
        ["lessthan"] = "<",
        ["le"] = "<=",
        ["gt"] = ">",
        ["greaterthan"] = ">",
        ["ge"] = ">=",
        ["in"] = "in",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Holds(string name, Value value, Arguments arguments, Meter meter)
    {
        if (Plain.TryGetValue(name, out var holds))
        {
            arguments.Bind(0);
            return holds(value);
        }
        if (Comparisons.TryGetValue(name, out string? comparison) || Comparisons.Values.Contains(comparison = name))
            return Comparison.Holds(comparison, value, arguments.Bind(1, "other")[0]!, meter);
        switch (name)
        {
            case "sameas":
                var other = arguments.Bind(1, "other")[0]!;
                return ReferenceEquals(value, other) || (value is Value.Boolean or Value.None && value.Equals(other));
            case "divisibleby":
                return Numbers.Calculate("%", value, arguments.Bind(1, "num")[0]!) is Value.Integer { Number: 0 } or Value.Float { Number: 0 };
            case "lower" or "upper":
                arguments.Bind(0);
                return TextMethods.ByName[$"is{name}"](PrintedText.Of(value, meter), arguments, meter).IsTrue;
            default:
                throw new TemplateFailure($"there is no test {TemplateMessage.Quote(name)}");
        }
    }
}
