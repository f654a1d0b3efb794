using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>
/// Variables of one block. Loops, macros and call blocks have their own; what is set in them is not seen outside.
/// A macro looks names up where it was defined, not where it is called.
/// </summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Value> _variables = new(StringComparer.Ordinal);

    public void Set(string name, Value value) => _variables[name] = value;

    public Value Get(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out var value))
                return value;
        }
        return new Value.Undefined(TemplateMessage.Quote(name));
    }

    private Scope? Outer { get; } = outer;
}
