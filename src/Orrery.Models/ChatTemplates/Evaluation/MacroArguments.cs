using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>A call's arguments into a macro's parameters. Defaults are evaluated at the call and see the parameters before them.</summary>
internal static class MacroArguments
{
    public static void Bind(Macro macro, Arguments arguments, Scope scope, Evaluator evaluator)
    {
        var named = new OrderedDictionary<string, Value>(arguments.Named, StringComparer.Ordinal);
        // All names are the macro's own before any default looks one up.
        foreach (var (name, _) in macro.Parameters)
            scope.Set(name, new Value.Undefined($"the parameter {TemplateMessage.Quote(name)}"));
        for (int i = 0; i < macro.Parameters.Count; i++)
        {
            var (name, whenMissing) = macro.Parameters[i];
            if (i < arguments.Positional.Count)
                scope.Set(name, arguments.Positional[i]);
            else if (named.Remove(name, out var value))
                scope.Set(name, value);
            else if (whenMissing is not null)
                scope.Set(name, evaluator.Evaluate(whenMissing, scope));
        }
        BindRest(macro, arguments, named, scope);
    }

    private static Value.Map MapOf(OrderedDictionary<string, Value> named)
    {
        var entries = MapKeys.NewMap();
        foreach (var (name, value) in named)
            entries.Add(new Value.Text(name), value);
        return new Value.Map(entries);
    }

    private static void BindRest(Macro macro, Arguments arguments, OrderedDictionary<string, Value> named, Scope scope)
    {
        if (macro.UsesCaller && macro.Parameters.All(p => p.Name != "caller"))
            scope.Set("caller", named.Remove("caller", out var caller) ? caller : new Value.Undefined("'caller'"));
        if (macro.UsesVarargs)
            scope.Set("varargs", new Value.List([.. arguments.Positional.Skip(macro.Parameters.Count)], IsTuple: true));
        else if (arguments.Positional.Count > macro.Parameters.Count)
            throw new TemplateFailure($"the macro {TemplateMessage.Quote(macro.Name)} takes at most {macro.Parameters.Count} arguments, not {arguments.Positional.Count}");
        if (macro.UsesKwargs)
            scope.Set("kwargs", MapOf(named));
        else if (named.Count > 0)
            throw new TemplateFailure($"the macro {TemplateMessage.Quote(macro.Name)} takes no argument {TemplateMessage.Quote(named.GetAt(0).Key)}, or has it twice");
    }
}
