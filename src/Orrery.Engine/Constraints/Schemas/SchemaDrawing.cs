using System.Text.Json;
using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;
using Orrery.Engine.Constraints.Patterns;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>Draws one schema without groups and references: its values, or one alternative for each of its types.</summary>
/// <param name="call">Draws the values that hold under all the places.</param>
internal sealed class SchemaDrawing(JsonParts parts, Func<int, IReadOnlyList<SchemaPlace>, int> call, List<SchemaProblem> problems)
{
    private readonly GrammarBuilder _builder = parts.Builder;

    public int Draw(int from, Schema schema)
    {
        if (schema.Values is not null)
            return Values(from, schema);
        var types = schema.WrittenTypes;
        if (types == SchemaTypes.All && !schema.SaysOfParts)
            return parts.Value(from);

        var alternatives = new List<Func<int, int>>();
        if (types.HasFlag(SchemaTypes.Null))
            alternatives.Add(parts.Null);
        if (types.HasFlag(SchemaTypes.Boolean))
            alternatives.Add(parts.Boolean);
        if (types.HasFlag(SchemaTypes.Integer))
            alternatives.Add(at => Number(at, schema, whole: !types.HasFlag(SchemaTypes.Fraction)));
        if (types.HasFlag(SchemaTypes.String))
            alternatives.Add(at => String(at, schema));
        if (types.HasFlag(SchemaTypes.Array))
            alternatives.Add(at => Array(at, schema));
        if (types.HasFlag(SchemaTypes.Object))
            alternatives.Add(at => Object(at, schema));
        return _builder.Choice(from, alternatives);
    }

    private int Values(int from, Schema schema)
    {
        if (schema.SaysOfParts)
            return Refuse(from, schema, "enum", "and const work with type only: leave the other restrictions out, and the values that they exclude");
        var types = schema.Types ?? SchemaTypes.All;
        int end = _builder.NewState();

        // As a tree, so that many values with the same beginning are one state.
        var tree = new Dictionary<(int, byte), int>();
        foreach (var value in schema.Values!.Where(value => types.HasFlag(TypeOf(value))))
        {
            int at = from;
            foreach (byte b in JsonText.Of(value))
            {
                if (!tree.TryGetValue((at, b), out int next))
                    tree[(at, b)] = next = _builder.Take(at, ByteSet.Of(b));
                at = next;
            }
            _builder.Skip(at, end);
            if (_builder.IsFull)
                break;
        }
        return end;
    }

    private int Number(int from, Schema schema, bool whole)
        => schema.SaysOfNumbers ? NumberRange.Draw(_builder, from, schema.Low, schema.High, whole)
            : whole ? parts.Integer(from)
            : parts.Number(from);

    private int String(int from, Schema schema)
    {
        bool lengths = schema.MinLength is not null || schema.MaxLength is not null;
        if (schema.Pattern is null && schema.Format is null)
        {
            return !lengths ? parts.String(from)
                : schema.MaxLength < schema.MinLength ? Refuse(from, schema, "maxLength", $"is {schema.MaxLength} and less than minLength, {schema.MinLength}: no text fits")
                : parts.Quoted(from, at => _builder.Repeat(at, schema.MinLength ?? 0, schema.MaxLength, parts.Characters.Any));
        }
        if (schema.Pattern is not null && schema.Format is not null)
            return Refuse(from, schema, "format", "does not work together with pattern: leave one out");
        if (lengths)
        {
            return Refuse(
                from, schema, schema.MinLength is null ? "maxLength" : "minLength",
                $"does not work together with {(schema.Pattern is null ? "this format: leave it out" : "pattern: say the length in the pattern, such as ^[a-z]{1,10}$")}");
        }
        if (schema.Format is { } format)
            return parts.Shared(from, $"format {format}", at => Pattern(at, Formats.PatternOf(format)));
        return PatternReader.Read(schema.Pattern!) switch
        {
            PatternResult.Read read => Pattern(from, read.Pattern),
            PatternResult.Refused refused => Refuse(from, schema, "pattern", refused.Problem),
            _ => from,
        };
    }

    private int Pattern(int from, Pattern pattern)
        => parts.Quoted(from, at => new PatternDrawing(_builder, parts.Characters).Draw(at, pattern));

    private int Array(int from, Schema schema)
    {
        if (schema.MaxItems < schema.MinItems)
            return Refuse(from, schema, "maxItems", $"is {schema.MaxItems} and less than minItems, {schema.MinItems}: no list fits");
        bool closed = schema.Items?.Any(place => place.IsFalse) ?? false;
        if (closed && schema.MinItems > schema.PrefixItems.Count)
            return Refuse(from, schema, "minItems", $"is {schema.MinItems}, but items is false and prefixItems has {schema.PrefixItems.Count}: no list fits");
        return Nested(from, schema, at => parts.Array(
            at, schema.MinItems ?? 0, schema.MaxItems, [.. schema.PrefixItems.Select(places => Part(places))], closed ? null : Part(schema.Items)));
    }

    private int Object(int from, Schema schema)
    {
        if (!schema.SaysOfObjects)
            return parts.AnyObject(from);
        var names = schema.Properties.Select(property => property.Name).ToHashSet();
        bool closed = schema.Additional?.Any(place => place.IsFalse) ?? false;
        var further = schema.Required.Where(name => !names.Contains(name)).ToList();
        if (closed && further.Count > 0)
            return Refuse(from, schema, "required", $"has '{further[0]}', which is not among properties while additionalProperties is false: no object fits");

        var members = schema.Properties.Select(property => (property.Name, property.Schemas))
            .Concat(further.Select(name => (Name: name, Schemas: schema.Additional ?? [])))
            .Select(property => new JsonMember(JsonText.OfString(property.Name), schema.Required.Contains(property.Name), Part(property.Schemas)))
            .ToList();
        bool open = schema.Additional is not null && !closed;
        Func<int, int>? otherName = !open ? null
            : members.Count == 0 ? parts.String
            : at => new OtherNames(parts).Draw(at, names.Concat(further));
        return Nested(from, schema, at => new JsonMembers(parts).Draw(at, members, otherName, Part(schema.Additional)));
    }

    private Func<int, int> Part(IReadOnlyList<SchemaPlace>? places)
        => places is null or [] ? parts.Value : at => call(at, places);

    private int Nested(int from, Schema schema, Func<int, int> body) => _builder.Call(from, _builder.Rule(schema.Pointer, body, nests: true));

    private static SchemaTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => SchemaTypes.Null,
        JsonValueKind.True or JsonValueKind.False => SchemaTypes.Boolean,
        JsonValueKind.String => SchemaTypes.String,
        JsonValueKind.Array => SchemaTypes.Array,
        JsonValueKind.Object => SchemaTypes.Object,
        _ => Bound.Of(value, false)?.Fraction.Length == 0 ? SchemaTypes.Integer : SchemaTypes.Fraction,
    };

    private int Refuse(int from, Schema schema, string keyword, string message)
    {
        problems.Add(new SchemaProblem(schema.Pointer, keyword, message));
        return from;
    }
}
