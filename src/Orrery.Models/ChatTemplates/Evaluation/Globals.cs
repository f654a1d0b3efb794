using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>The functions that every template can call.</summary>
internal static class Globals
{
    /// <summary>As Jinja's sandbox has it.</summary>
    private const int MaxRange = 100_000;

    public static void AddTo(Scope scope, TimeProvider time, Meter meter)
    {
        Add("range", a => Range(a, meter));
        Add("namespace", a => new Value.Namespace(Entries(a, meter).ToDictionary(e => a.Text(e.Key, "an attribute's name"), e => e.Value, StringComparer.Ordinal)));
        Add("dict", a => new Value.Map(Entries(a, meter)));
        Add("raise_exception", a => throw new TemplateFailure(PrintedText.Of(a.Bind(1, "message")[0]!, meter), refused: true));
        Add("strftime_now", a =>
        {
            string format = a.Text(a.Bind(1, "format")[0]!, "format");
            meter.Make(format.Length * 8L);
            return new Value.Text(TimeFormat.Of(time.GetLocalNow(), format));
        });

        void Add(string name, Func<Arguments, Value> call) => scope.Set(name, new Value.Function(name, call));
    }

    private static Value.List Range(Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(1, "start", "stop", "step");
        long first = arguments.Integer(bound[0]!, "start");
        (long start, long stop) = bound[1] is null ? (0, first) : (first, arguments.Integer(bound[1]!, "stop"));
        long step = bound[2] is null ? 1 : arguments.Integer(bound[2]!, "step");
        if (step == 0)
            throw new TemplateFailure("range: 'step' is 0");
        var distance = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        var size = step > 0 ? (Int128)step : -(Int128)step;
        var count = distance <= 0 ? 0 : (distance + size - 1) / size;
        if (count > MaxRange)
            throw new TemplateFailure($"range: more than {MaxRange} numbers");
        meter.MakeElements((long)count);
        return new Value.List([.. Enumerable.Range(0, (int)count).Select(i => new Value.Integer(start + i * step))]);
    }

    /// <summary>From a mapping or a list of pairs, then named arguments.</summary>
    private static OrderedDictionary<Value, Value> Entries(Arguments arguments, Meter meter)
    {
        if (arguments.Positional.Count > 1)
            throw new TemplateFailure($"{arguments.Callee} takes one mapping and named arguments");
        var entries = MapKeys.NewMap();
        if (arguments.Positional is [var from])
        {
            var pairs = from is Value.Map map ? Elements.Pairs(map.Entries, meter).Items : Elements.Of(from, meter);
            foreach (var pair in pairs)
            {
                if (Elements.Of(pair, meter) is not [var key, var value])
                    throw new TemplateFailure($"{arguments.Callee} takes pairs of a key and a value");
                entries[MapKeys.Checked(key, meter)] = value;
            }
        }
        meter.MakeElements(arguments.Named.Count);
        foreach (var (name, value) in arguments.Named)
            entries[new Value.Text(name)] = value;
        return entries;
    }
}
