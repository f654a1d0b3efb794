namespace Orrery.Models.ChatTemplates.Values;

/// <summary>What a function, filter or test was called with.</summary>
/// <param name="Callee">For messages.</param>
internal sealed record Arguments(string Callee, IReadOnlyList<Value> Positional, IReadOnlyDictionary<string, Value> Named)
{
    /// <summary>The arguments in the order of <paramref name="names"/>; null for one that was left out.</summary>
    /// <param name="required">How many of the names must be there.</param>
    public Value?[] Bind(int required, params ReadOnlySpan<string> names)
    {
        if (Positional.Count > names.Length)
            throw new TemplateFailure($"{Callee} takes at most {names.Length} arguments, not {Positional.Count}");
        var bound = new Value?[names.Length];
        for (int i = 0; i < Positional.Count; i++)
            bound[i] = Positional[i];
        foreach (var (name, value) in Named)
        {
            int at = names.IndexOf(name);
            if (at < 0)
                throw new TemplateFailure($"{Callee} takes no argument {TemplateMessage.Quote(name)}");
            if (bound[at] is not null)
                throw new TemplateFailure($"{Callee} has its argument {TemplateMessage.Quote(name)} twice");
            bound[at] = value;
        }
        for (int i = 0; i < required; i++)
        {
            if (bound[i] is null)
                throw new TemplateFailure($"{Callee} needs its argument '{names[i]}'");
        }
        return bound;
    }

    public string Text(Value value, string name)
        => value is Value.Text text ? text.Chars : throw new TemplateFailure($"{Callee}: '{name}' is {value.Kind} and must be a text");

    public long Integer(Value value, string name) => value switch
    {
        Value.Integer integer => integer.Number,
        Value.Boolean boolean => boolean.Is ? 1 : 0,
        _ => throw new TemplateFailure($"{Callee}: '{name}' is {value.Kind} and must be an integer"),
    };
}
