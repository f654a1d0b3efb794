using System.Collections.Frozen;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>What may stand behind a bar. A filter that Jinja makes lazy gives a list here.</summary>
internal static class Filters
{
    public delegate Value Filter(Value value, Arguments arguments, Meter meter);

    private static readonly FrozenDictionary<string, Filter> ByName = new Dictionary<string, Filter>
    {
        ["default"] = Default,
        ["d"] = Default,
        ["length"] = Length,
        ["count"] = Length,
        ["list"] = (v, a, m) => NoArguments(a, () => new Value.List(Elements.Of(v, m))),
        ["first"] = (v, a, m) => NoArguments(a, () => Elements.Of(v, m) is [var first, ..] ? first : new Value.Undefined("the first of nothing")),
        ["last"] = (v, a, m) => NoArguments(a, () => Elements.Of(v, m) is [.., var last] ? last : new Value.Undefined("the last of nothing")),
        ["items"] = Items,
        ["safe"] = (v, a, _) => NoArguments(a, () => v),
        ["tojson"] = ToJson,
        ["from_json"] = (v, a, m) => NoArguments(a, () => JsonValues.Parse(a.Text(v, "the value"), m)),
        ["abs"] = (v, a, _) => NoArguments(a, () => Numbers.Compare(v, new Value.Integer(0)) < 0 ? Numbers.Negate(v) : v),
        ["int"] = (v, a, _) => NumberFilters.Integer(v, a),
        ["float"] = (v, a, _) => NumberFilters.Float(v, a),
        ["round"] = (v, a, _) => NumberFilters.Round(v, a),
        ["sum"] = NumberFilters.Sum,
        ["string"] = TextFilters.Printed(t => t),
        ["upper"] = TextFilters.Printed(t => t.ToUpperInvariant()),
        ["lower"] = TextFilters.Printed(t => t.ToLowerInvariant()),
        ["capitalize"] = TextFilters.Printed(TextMethods.Capitalize),
        ["title"] = TextFilters.Printed(TextFilters.Title),
        ["trim"] = TextFilters.Trim,
        ["replace"] = (v, a, m) => TextMethods.Replace(PrintedText.Of(v, m), a, m),
        ["indent"] = TextFilters.Indent,
        ["join"] = TextFilters.Join,
        ["wordcount"] = (v, a, m) => NoArguments(a, () => new Value.Integer(CodePoints.Words(PrintedText.Of(v, m), -1, m).Count)),
        ["sort"] = ListFilters.Sort,
        ["dictsort"] = ListFilters.SortEntries,
        ["unique"] = ListFilters.Unique,
        ["reverse"] = ListFilters.Reverse,
        ["min"] = (v, a, m) => ListFilters.Extreme(v, a, m, sign: -1),
        ["max"] = (v, a, m) => ListFilters.Extreme(v, a, m, sign: 1),
        ["map"] = Selection.Map,
        ["select"] = (v, a, m) => Selection.Keep(v, a, m, byAttribute: false, wanted: true),
        ["reject"] = (v, a, m) => Selection.Keep(v, a, m, byAttribute: false, wanted: false),
        ["selectattr"] = (v, a, m) => Selection.Keep(v, a, m, byAttribute: true, wanted: true),
        ["rejectattr"] = (v, a, m) => Selection.Keep(v, a, m, byAttribute: true, wanted: false),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Value Apply(string name, Value value, Arguments arguments, Meter meter) => ByName.TryGetValue(name, out var filter)
        ? filter(value, arguments with { Callee = $"the filter '{name}'" }, meter)
        : throw new TemplateFailure($"there is no filter {TemplateMessage.Quote(name)}");

    public static Value NoArguments(Arguments arguments, Func<Value> filter)
    {
        arguments.Bind(0);
        return filter();
    }

    private static Value Default(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "default_value", "boolean");
        bool missing = value is Value.Undefined || (bound[1] is { IsTrue: true } && !value.IsTrue);
        return missing ? bound[0] ?? new Value.Text("") : value;
    }

    private static Value Length(Value value, Arguments arguments, Meter meter) => NoArguments(arguments, () => new Value.Integer(value switch
    {
        Value.Text text => CountOf(text.Chars, meter),
        Value.List list => list.Items.Count,
        Value.Map map => map.Entries.Count,
        Value.Undefined => 0,
        _ => throw new TemplateFailure($"{value.Kind} has no length"),
    }));

    private static int CountOf(string text, Meter meter)
    {
        meter.Make(text.Length);
        return CodePoints.Count(text);
    }

    private static Value Items(Value value, Arguments arguments, Meter meter) => NoArguments(arguments, () => value switch
    {
        Value.Map map => Elements.Pairs(map.Entries, meter),
        Value.Undefined => new Value.List([]),
        _ => throw new TemplateFailure($"{value.Kind} has no items"),
    });

    private static Value.Text ToJson(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "ensure_ascii", "indent", "separators", "sort_keys");
        string? indent = bound[1] switch
        {
            null or Value.None => null,
            Value.Text text => text.Chars,
            var width => new string(' ', (int)Math.Clamp(arguments.Integer(width, "indent"), 0, 100)),
        };
        var (comma, colon) = bound[2] switch
        {
            null or Value.None => (indent is null ? ", " : ",", ": "),
            Value.List { Items: [Value.Text first, Value.Text second] } => (first.Chars, second.Chars),
            var other => throw new TemplateFailure($"the filter 'tojson': 'separators' is {other.Kind} and must be two texts"),
        };
        return new Value.Text(new JsonText(bound[0]?.IsTrue ?? false, indent, comma, colon, bound[3]?.IsTrue ?? false).Of(value, meter));
    }
}
