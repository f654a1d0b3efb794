using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>What a loop, a filter or a star runs over.</summary>
internal static class Elements
{
    /// <summary>Of a list its items, of a text its characters, of a mapping its keys, of what is undefined nothing.</summary>
    /// <exception cref="TemplateFailure">It has no elements.</exception>
    public static IReadOnlyList<Value> Of(Value value, Meter meter)
    {
        switch (value)
        {
            case Value.List list:
                meter.Step(list.Items.Count);
                return list.Items;
            case Value.Text text:
                meter.MakeElements(text.Chars.Length);
                return [.. CodePoints.Split(text.Chars).Select(c => new Value.Text(c))];
            case Value.Map map:
                meter.MakeElements(map.Entries.Count);
                return [.. map.Entries.Keys];
            case Value.Undefined:
                return [];
            default:
                throw new TemplateFailure($"{value.Kind} has no elements to run over");
        }
    }

    /// <summary>Pairs of key and value.</summary>
    public static Value.List Pairs(OrderedDictionary<Value, Value> entries, Meter meter)
    {
        meter.MakeElements(3L * entries.Count);
        return new Value.List([.. entries.Select(e => (Value)new Value.List([e.Key, e.Value], IsTuple: true))]);
    }
}
