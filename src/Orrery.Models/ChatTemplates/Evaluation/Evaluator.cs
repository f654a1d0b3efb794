using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Expressions to values.</summary>
internal sealed class Evaluator(Meter meter)
{
    public Meter Meter => meter;

    public Value Evaluate(Expression expression, Scope scope)
    {
        meter.Enter();
        meter.Line = expression.Line;
        var value = expression switch
        {
            Expression.Literal literal => literal.Value,
            Expression.Variable variable => scope.Get(variable.Name),
            Expression.Attribute attribute => Access.Attribute(Evaluate(attribute.Of, scope), attribute.Name, meter),
            Expression.Item item => Access.Item(Evaluate(item.Of, scope), Evaluate(item.Key, scope), meter),
            Expression.Slice slice => SliceOf(slice, scope),
            Expression.Call call => Call(Evaluate(call.Callee, scope), Arguments(call.Arguments, scope, "the function")),
            Expression.Filter filter => Filters.Apply(filter.Name, Evaluate(filter.Of, scope), Arguments(filter.Arguments, scope, filter.Name), meter),
            Expression.Test test => Value.Of(Tests.Holds(test.Name, Evaluate(test.Of, scope), Arguments(test.Arguments, scope, test.Name), meter) != test.Negated),
            Expression.Unary unary => Operators.Unary(unary.Operator, Evaluate(unary.Operand, scope)),
            Expression.Binary binary => BinaryOf(binary, scope),
            Expression.Comparison comparison => Value.Of(Compare(comparison, scope)),
            Expression.Conditional conditional => Choose(conditional, scope),
            Expression.List list => ListOf(list, scope),
            Expression.Map map => MapOf(map, scope),
            _ => throw new ArgumentOutOfRangeException(nameof(expression)),
        };
        meter.Leave();
        return value;
    }

    public static Value Call(Value callee, Arguments arguments) => callee is Value.Function function
        ? function.Call(arguments with { Callee = function.Name })
        : throw new TemplateFailure($"{callee.Kind} cannot be called");

    public Arguments Arguments(ArgumentList list, Scope scope, string callee)
    {
        if (list == ArgumentList.None)
            return new Arguments(callee, [], Empty);
        var positional = new List<Value>(list.Positional.Count);
        foreach (var argument in list.Positional)
            positional.Add(Evaluate(argument, scope));
        if (list.Rest is not null)
            positional.AddRange(Elements.Of(Evaluate(list.Rest, scope), meter));

        var named = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (name, argument) in list.Named)
            Add(name, Evaluate(argument, scope));
        if (list.NamedRest is not null)
        {
            var rest = Evaluate(list.NamedRest, scope) as Value.Map ?? throw new TemplateFailure($"{callee}: what follows '**' must be a mapping");
            meter.MakeElements(rest.Entries.Count);
            foreach (var (name, value) in rest.Entries)
                Add(MapKeys.Checked(name, meter) is Value.Text text ? text.Chars : throw new TemplateFailure($"{callee}: names of arguments must be texts"), value);
        }
        return new Arguments(callee, positional, named);

        void Add(string name, Value value)
        {
            if (!named.TryAdd(name, value))
                throw new TemplateFailure($"{callee} has its argument {TemplateMessage.Quote(name)} twice");
        }
    }

    private static readonly Dictionary<string, Value> Empty = [];

    private Value BinaryOf(Expression.Binary binary, Scope scope)
    {
        var left = Evaluate(binary.Left, scope);
        switch (binary.Operator)
        {
            case "and":
                return left.IsTrue ? Evaluate(binary.Right, scope) : left;
            case "or":
                return left.IsTrue ? left : Evaluate(binary.Right, scope);
        }
        var right = Evaluate(binary.Right, scope);
        meter.Line = binary.Line;
        return Operators.Binary(binary.Operator, left, right, meter);
    }

    private bool Compare(Expression.Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (operation, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            if (!Comparison.Holds(operation, left, right, meter))
                return false;
            left = right;
        }
        return true;
    }

    private Value Choose(Expression.Conditional conditional, Scope scope)
    {
        if (Evaluate(conditional.Condition, scope).IsTrue)
            return Evaluate(conditional.Then, scope);
        return conditional.Otherwise is null
            ? new Value.Undefined("the value of an 'if' without an 'else'")
            : Evaluate(conditional.Otherwise, scope);
    }

    private Value.List ListOf(Expression.List list, Scope scope)
    {
        meter.MakeElements(list.Items.Count);
        var items = new Value[list.Items.Count];
        for (int i = 0; i < items.Length; i++)
            items[i] = Evaluate(list.Items[i], scope);
        return new Value.List(items, list.IsTuple);
    }

    private Value.Map MapOf(Expression.Map map, Scope scope)
    {
        meter.MakeElements(map.Entries.Count);
        var entries = MapKeys.NewMap();
        foreach (var (key, value) in map.Entries)
            entries[MapKeys.Checked(Evaluate(key, scope), meter)] = Evaluate(value, scope);
        return new Value.Map(entries);
    }

    private Value SliceOf(Expression.Slice slice, Scope scope)
    {
        var of = Evaluate(slice.Of, scope);
        return Access.Slice(of, Bound(slice.Start, scope), Bound(slice.Stop, scope), Bound(slice.Step, scope), meter);
    }

    private long? Bound(Expression? bound, Scope scope)
    {
        var value = bound is null ? Value.Null : Evaluate(bound, scope);
        return value is Value.None ? null : Numbers.Whole(value);
    }
}
