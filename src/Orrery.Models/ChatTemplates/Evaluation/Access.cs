using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary><c>value.name</c>, <c>value[key]</c> and <c>value[a:b:c]</c>.</summary>
internal static class Access
{
    /// <summary>A method, else the key of that name.</summary>
    public static Value Attribute(Value of, string name, Meter meter) => of switch
    {
        Value.Undefined => throw new TemplateFailure($"{of.Kind} has no attribute {TemplateMessage.Quote(name)}"),
        Value.Namespace space => space.Attributes.GetValueOrDefault(name) ?? Missing(name),
        Value.Function { Attribute: { } attribute } => attribute(name) ?? Missing(name),
        Value.Map map => (Value?)Methods.Find(map, name, meter) ?? map.Find(new Value.Text(name), meter) ?? Missing(name),
        _ => (Value?)Methods.Find(of, name, meter) ?? Missing(name),
    };

    /// <summary>The element, else the method of that name.</summary>
    public static Value Item(Value of, Value key, Meter meter)
    {
        switch (of, key)
        {
            case (Value.Map map, _) when map.Find(key, meter) is { } value:
                return value;
            case (Value.List list, Value.Integer or Value.Boolean):
                return At(list.Items, Numbers.Whole(key)) ?? Missing("that index");
            case (Value.Text text, Value.Integer or Value.Boolean):
                meter.Make(text.Chars.Length);
                return CodePoints.At(text.Chars, Numbers.Whole(key)) is { } point ? new Value.Text(point) : Missing("that index");
            case (_, Value.Text { Chars: var name }):
                meter.Read(name.Length);
                return Attribute(of, name, meter);
            case (Value.Undefined, _):
                throw new TemplateFailure($"{of.Kind} has no elements");
            default:
                return Missing("that key");
        }
    }

    /// <summary>As Python slices: negative bounds count from the end, bounds beyond it are moved to it, and a negative step runs backwards.</summary>
    public static Value Slice(Value of, long? start, long? stop, long? step, Meter meter)
    {
        switch (of)
        {
            case Value.Text text when step is null or 1:
                meter.Make(text.Chars.Length);
                return new Value.Text(CodePoints.Slice(text.Chars, start, stop));
            case Value.Text text:
                meter.MakeElements(text.Chars.Length);
                return new Value.Text(string.Concat(Slice(CodePoints.Split(text.Chars), start, stop, step ?? 1)));
            case Value.List list:
                meter.MakeElements(list.Items.Count);
                return new Value.List(Slice(list.Items, start, stop, step ?? 1), list.IsTuple);
            default:
                throw new TemplateFailure($"{of.Kind} cannot be sliced");
        }
    }

    private static Value.Undefined Missing(string name) => new(TemplateMessage.Quote(name));

    private static T? At<T>(IReadOnlyList<T> items, long index)
        where T : class
    {
        if (index < 0)
            index += items.Count;
        return index >= 0 && index < items.Count ? items[(int)index] : null;
    }

    private static List<T> Slice<T>(IReadOnlyList<T> items, long? start, long? stop, long step)
    {
        if (step == 0)
            throw new TemplateFailure("a slice's step is 0");
        bool forwards = step > 0;
        long first = Moved(start, whenNull: forwards ? 0 : items.Count - 1);
        long end = Moved(stop, whenNull: forwards ? items.Count : -1);
        var sliced = new List<T>();
        // The step may be as large as a number can be: compare before adding.
        for (long i = first; forwards ? i < end : i > end;)
        {
            sliced.Add(items[(int)i]);
            if (step > items.Count || step < -items.Count)
                break;
            i += step;
        }
        return sliced;

        long Moved(long? bound, long whenNull)
        {
            if (bound is not { } at)
                return whenNull;
            if (at < 0)
                at += items.Count;
            return forwards ? Math.Clamp(at, 0, items.Count) : Math.Clamp(at, -1, items.Count - 1);
        }
    }
}
