using System.Text.Json;
using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;
using Orrery.Engine.Constraints.Schemas;

namespace Orrery.Engine.Constraints;

/// <summary>Grammars for what <c>response_format</c> asks for.</summary>
public static class JsonConstraint
{
    /// <summary><c>json_object</c>: any object, nested at most <see cref="Grammar.MaxNesting"/> deep.</summary>
    public static Grammar AnyObject { get; } = MakeAnyObject();

    /// <summary><c>json_schema</c>: the values that are valid under it. See <see cref="SchemaKeywords"/> for what works.</summary>
    public static SchemaResult Of(JsonElement schema)
    {
        var builder = new GrammarBuilder();
        var problems = new List<SchemaProblem>();
        int rule = Draw(new SchemaPlace("#", schema), new JsonParts(builder), problems);
        return Finish(builder, rule, problems);
    }

    /// <summary>Draws a schema as a rule of a larger grammar.</summary>
    internal static int Draw(SchemaPlace schema, JsonParts parts, List<SchemaProblem> problems)
    {
        problems.AddRange(SchemaSize.Problems(schema));
        return problems.Count > 0 ? 0 : new SchemaCompiler(schema, parts, problems).Draw();
    }

    internal static SchemaResult Finish(GrammarBuilder builder, int rule, List<SchemaProblem> problems)
    {
        if (problems.Count == 0 && builder.IsFull)
            problems.Add(new SchemaProblem("#", "", $"is too large: its grammar has more than {GrammarBuilder.MaxStates} states. Use fewer values, shorter patterns and smaller counts"));
        if (problems.Count > 0)
            return new SchemaResult.Refused([.. problems.Distinct()]);
        var grammar = builder.Build(rule);
        return GrammarProblem.Of(grammar) is { } problem ? new SchemaResult.Refused([problem]) : new SchemaResult.Compiled(grammar);
    }

    private static Grammar MakeAnyObject()
    {
        var builder = new GrammarBuilder();
        var parts = new JsonParts(builder);
        return builder.Build(builder.Rule("#", parts.AnyObject));
    }
}
