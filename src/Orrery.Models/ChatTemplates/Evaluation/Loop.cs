using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>One <c>for</c>, with its <c>loop</c> variable. A recursive one runs its own body on what <c>loop(…)</c> is given.</summary>
internal sealed class Loop(Renderer renderer, Evaluator evaluator, Statement.For statement, Scope outer, int depth = 1)
{
    private readonly Meter _meter = evaluator.Meter;

    private Value[]? _lastChanged;

    public void Run(MeteredText to) => Run(evaluator.Evaluate(statement.Over, outer), to);

    private void Run(Value over, MeteredText to)
    {
        var items = Kept(Elements.Of(over, _meter));
        for (int i = 0; i < items.Count; i++)
        {
            // Each round has its own scope: what one sets, the next does not see.
            var scope = new Scope(outer);
            scope.Set("loop", Variable(items, i));
            Assignment.To(statement.Target, items[i], scope, _meter);
            if (renderer.Run(statement.Body, scope, to) == Renderer.Flow.Breaks)
                break;
        }
        if (items.Count == 0)
            renderer.Run(statement.Otherwise, new Scope(outer), to);
    }

    private IReadOnlyList<Value> Kept(IReadOnlyList<Value> items)
    {
        if (statement.Filter is null)
            return items;
        _meter.MakeElements(items.Count);
        var kept = new List<Value>();
        foreach (var item in items)
        {
            var scope = new Scope(outer);
            Assignment.To(statement.Target, item, scope, _meter);
            if (evaluator.Evaluate(statement.Filter, scope).IsTrue)
                kept.Add(item);
        }
        return kept;
    }

    private Value.Function Variable(IReadOnlyList<Value> items, int i) => new("loop", Recurse, name => name switch
    {
        "index" => new Value.Integer(i + 1),
        "index0" => new Value.Integer(i),
        "revindex" => new Value.Integer(items.Count - i),
        "revindex0" => new Value.Integer(items.Count - i - 1),
        "first" => Value.Of(i == 0),
        "last" => Value.Of(i == items.Count - 1),
        "length" => new Value.Integer(items.Count),
        "depth" => new Value.Integer(depth),
        "depth0" => new Value.Integer(depth - 1),
        "previtem" => i > 0 ? items[i - 1] : new Value.Undefined("the item before the first"),
        "nextitem" => i + 1 < items.Count ? items[i + 1] : new Value.Undefined("the item after the last"),
        "cycle" => new Value.Function("loop.cycle", a => a.Positional.Count > 0
            ? a.Positional[i % a.Positional.Count]
            : throw new TemplateFailure("loop.cycle needs what to choose from")),
        "changed" => new Value.Function("loop.changed", Changed),
        _ => null,
    });

    private Value.Text Recurse(Arguments arguments)
    {
        if (!statement.Recursive)
            throw new TemplateFailure("only the 'loop' of a loop marked 'recursive' can be called");
        var over = arguments.Bind(1, "iterable")[0]!;
        var printed = new MeteredText(_meter);
        _meter.Enter();
        new Loop(renderer, evaluator, statement, outer, depth + 1).Run(over, printed);
        _meter.Leave();
        return new Value.Text(printed.ToString());
    }

    private Value Changed(Arguments arguments)
    {
        Value[] now = [.. arguments.Positional];
        bool same = _lastChanged is { } last && last.Length == now.Length && last.Zip(now).All(p => Comparison.Equal(p.First, p.Second, _meter));
        _lastChanged = now;
        return Value.Of(!same);
    }
}
