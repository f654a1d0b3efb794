using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Runs statements: prints to a text, sets variables in a scope.</summary>
internal sealed class Renderer(Evaluator evaluator)
{
    private readonly Meter _meter = evaluator.Meter;

    /// <summary>What comes after a statement.</summary>
    public enum Flow
    {
        GoesOn,
        Breaks,
        Continues,
    }

    public Flow Run(IReadOnlyList<Statement> body, Scope scope, MeteredText to)
    {
        _meter.Enter();
        var flow = Flow.GoesOn;
        for (int i = 0; i < body.Count && flow == Flow.GoesOn; i++)
        {
            _meter.Step();
            _meter.Line = body[i].Line;
            flow = Run(body[i], scope, to);
        }
        _meter.Leave();
        return flow;
    }

    private Flow Run(Statement statement, Scope scope, MeteredText to)
    {
        switch (statement)
        {
            case Statement.Raw raw:
                to.Append(raw.Text);
                break;
            case Statement.Print print:
                to.Append(PrintedText.Of(evaluator.Evaluate(print.Value, scope), _meter));
                break;
            case Statement.Set set:
                Assignment.To(set.Target, evaluator.Evaluate(set.Value, scope), scope, _meter);
                break;
            case Statement.SetBlock set:
                Assignment.To(set.Target, Filtered(set.Filtered, set.Body, scope), scope, _meter);
                break;
            case Statement.FilterBlock filter:
                to.Append(PrintedText.Of(Filtered(filter.Filtered, filter.Body, scope), _meter));
                break;
            case Statement.If branches:
                return RunIf(branches, scope, to);
            case Statement.For loop:
                new Loop(this, evaluator, loop, scope).Run(to);
                break;
            case Statement.DefineMacro define:
                scope.Set(define.Macro.Name, FunctionOf(define.Macro, scope));
                break;
            case Statement.CallBlock call:
                to.Append(PrintedText.Of(CallWithCaller(call, scope), _meter));
                break;
            case Statement.Scoped scoped:
                return RunScoped(scoped, scope, to);
            case Statement.Break:
                return Flow.Breaks;
            case Statement.Continue:
                return Flow.Continues;
        }
        return Flow.GoesOn;
    }

    private Flow RunIf(Statement.If branches, Scope scope, MeteredText to)
    {
        foreach (var (condition, body) in branches.Branches)
        {
            if (evaluator.Evaluate(condition, scope).IsTrue)
                return Run(body, scope, to);
        }
        return Run(branches.Otherwise, scope, to);
    }

    private Flow RunScoped(Statement.Scoped scoped, Scope scope, MeteredText to)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in scoped.Variables)
            Assignment.To(target, evaluator.Evaluate(value, scope), inner, _meter);
        return Run(scoped.Body, inner, to);
    }

    private Value Filtered(Expression filtered, IReadOnlyList<Statement> body, Scope scope)
    {
        var inner = new Scope(scope);
        var printed = new MeteredText(_meter);
        Run(body, inner, printed);
        inner.Set(Statement.Printed, new Value.Text(printed.ToString()));
        return evaluator.Evaluate(filtered, inner);
    }

    private Value CallWithCaller(Statement.CallBlock call, Scope scope)
    {
        var callee = evaluator.Evaluate(call.Call.Callee, scope);
        var arguments = evaluator.Arguments(call.Call.Arguments, scope, "the macro");
        var named = new Dictionary<string, Value>(arguments.Named, StringComparer.Ordinal) { ["caller"] = FunctionOf(call.Caller, scope) };
        return Evaluator.Call(callee, arguments with { Named = named });
    }

    private Value.Function FunctionOf(Macro macro, Scope definedIn) => new(macro.Name, arguments =>
    {
        var scope = new Scope(definedIn);
        var printed = new MeteredText(_meter);
        _meter.Enter();
        MacroArguments.Bind(macro, arguments, scope, evaluator);
        Run(macro.Body, scope, printed);
        _meter.Leave();
        return new Value.Text(printed.ToString());
    });
}
