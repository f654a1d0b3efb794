using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>
/// Compiles a JSON schema: what its grammar allows is valid under the schema. Where a schema leaves things open the grammar decides:
/// members come in the order of <c>properties</c>; an object whose schema has properties and says nothing of additional ones gets none;
/// values of <c>enum</c> and <c>const</c>, names of properties and texts under a <c>pattern</c> are in their canonical form;
/// <c>oneOf</c> is taken as <c>anyOf</c>. Nothing keeps a model from writing a name twice among members that the schema does not name.
/// Steps: 1. a set of places that must hold together becomes one <see cref="Schema"/> (following $ref and allOf); 2. that is drawn as a rule,
/// whose parts are sets of places again; 3. the same set is the same rule, so recursion ends.
/// </summary>
internal sealed class SchemaCompiler
{
    /// <summary>Schemas read, counting again those that are merged in several places.</summary>
    private const int MaxWork = 20_000;
    private const int MaxDepth = 64;

    private readonly SchemaPlace _root;
    private readonly SchemaReader _reader;
    private readonly SchemaDrawing _drawing;
    private readonly GrammarBuilder _builder;
    private readonly List<SchemaProblem> _problems;
    private readonly Dictionary<string, int> _rules = [];
    private readonly Queue<(int Rule, IReadOnlyList<SchemaPlace> Places)> _waiting = new();
    private int _work;

    public SchemaCompiler(SchemaPlace root, JsonParts parts, List<SchemaProblem> problems)
    {
        _root = root;
        _builder = parts.Builder;
        _problems = problems;
        _reader = new SchemaReader(new SchemaReferences(root), problems);
        _drawing = new SchemaDrawing(parts, Call, problems);
    }

    /// <returns>The rule of the whole schema.</returns>
    public int Draw()
    {
        int rule = RuleOf([_root]);
        while (_waiting.TryDequeue(out var next) && _problems.Count < 20 && !_builder.IsFull)
            _builder.DefineRule(next.Rule, at => Draw(at, Whole(next.Places, 0), 0));
        return rule;
    }

    private int Call(int from, IReadOnlyList<SchemaPlace> places) => _builder.Call(from, RuleOf(places));

    private int RuleOf(IReadOnlyList<SchemaPlace> places)
    {
        string key = string.Join('\n', places.Select(place => place.Pointer).Distinct().Order(StringComparer.Ordinal));
        if (!_rules.TryGetValue(key, out int rule))
        {
            _rules[key] = rule = _builder.DeclareRule(places[0].Pointer);
            _waiting.Enqueue((rule, places));
        }
        return rule;
    }

    private int Draw(int from, Schema schema, int depth)
    {
        if (schema.Groups.Count == 0 || _problems.Count > 0 || _builder.IsFull)
            return _drawing.Draw(from, schema);

        var group = schema.Groups[0];
        var rest = schema with { Groups = [.. schema.Groups.Skip(1)] };
        if (rest.SaysNothing)
            return _builder.Choice(from, group.Select<SchemaPlace, Func<int, int>>(place => at => Call(at, [place])));
        return _builder.Choice(from, group.Select<SchemaPlace, Func<int, int>>(place => at =>
            _problems.Count > 0 ? at : Draw(at, Merge(rest, Whole([place], depth + 1)), depth + 1)));
    }

    /// <summary>Places that must hold together, with all that they refer to, as one.</summary>
    private Schema Whole(IReadOnlyList<SchemaPlace> places, int depth)
    {
        var whole = new Schema(places.Count == 0 ? "#" : places[0].Pointer);
        foreach (var place in places)
        {
            if (++_work > MaxWork)
                Problem(place, $"makes the schema too large: more than {MaxWork} parts with those that are merged in");
            if (depth > MaxDepth)
                Problem(place, $"is referred to more than {MaxDepth} levels deep without a property or an item between: it may refer to itself");
            if (_problems.Count > 0)
                return whole;
            var schema = _reader.Read(place);
            _work += ((schema.Values?.Count ?? 0) + schema.Properties.Count) / 10;
            var also = schema.Also;
            whole = Merge(whole, schema with { Also = [] });
            if (also.Count > 0)
                whole = Merge(whole, Whole(also, depth + 1));
        }
        return whole;
    }

    private Schema Merge(Schema a, Schema b)
    {
        var merged = SchemaMerge.Of(a, b, out var problem);
        if (problem is not null)
            _problems.Add(problem);
        if (merged.Properties.Count > SchemaReader.MaxProperties || merged.Required.Count > SchemaReader.MaxProperties)
            _problems.Add(new SchemaProblem(a.Pointer, "", $"has more than {SchemaReader.MaxProperties} properties with those that are merged in, the bound"));
        return merged;
    }

    private void Problem(SchemaPlace place, string message) => _problems.Add(new SchemaProblem(place.Pointer, "", message));
}
