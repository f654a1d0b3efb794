using System.Text.Json;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>Reads one schema object: every keyword is understood, known to restrict nothing, or refused.</summary>
internal sealed class SchemaReader(SchemaReferences references, List<SchemaProblem> problems)
{
    /// <summary>Of one object, and members of one list of schemas.</summary>
    public const int MaxProperties = 1000;

    private const int MaxValues = 10_000;
    private const int MaxName = 256;
    private const int MaxCount = 100_000;

    private SchemaPlace _place = null!;
    private string _keyword = "";

    public Schema Read(SchemaPlace place)
    {
        var schema = new Schema(place.Pointer);
        switch (place.Element.ValueKind)
        {
            case JsonValueKind.True:
                return schema;
            case JsonValueKind.False:
                return schema with { Types = SchemaTypes.None };
            case JsonValueKind.Object:
                _place = place;
                foreach (var member in place.Element.EnumerateObject())
                {
                    _keyword = member.Name;
                    schema = Keyword(schema, member.Name, member.Value);
                }
                return schema;
            default:
                problems.Add(new SchemaProblem(place.Pointer, "", "must be an object, true or false"));
                return schema;
        }
    }

    private Schema Keyword(Schema schema, string name, JsonElement value) => name switch
    {
        "type" => schema with { Types = Types(value) },
        "enum" => Values(schema, Elements(value, MaxValues)),
        "const" => Values(schema, [value]),
        "properties" => schema with { Properties = Properties(value) },
        "required" => schema with { Required = [.. Elements(value, MaxProperties).Select(Name).Distinct()] },
        "additionalProperties" => schema with { Additional = [_place.At(name, value)] },
        "items" when value.ValueKind == JsonValueKind.Array => Refuse(schema, "must be one schema: use prefixItems for a list of them"),
        "items" => schema with { Items = [_place.At(name, value)] },
        "prefixItems" => schema with { PrefixItems = [.. Places(name, value).Select(place => new[] { place })] },
        "minItems" => schema with { MinItems = Count(value) },
        "maxItems" => schema with { MaxItems = Count(value) },
        "minLength" => schema with { MinLength = Count(value) },
        "maxLength" => schema with { MaxLength = Count(value) },
        "pattern" => schema with { Pattern = Text(value) },
        "format" => schema with { Format = Text(value) is { } format && Formats.Knows(format) ? format : null },
        "minimum" => schema with { Low = SchemaMerge.Tighter(schema.Low, Limit(value, false), 1) },
        "exclusiveMinimum" => schema with { Low = SchemaMerge.Tighter(schema.Low, Limit(value, true), 1) },
        "maximum" => schema with { High = SchemaMerge.Tighter(schema.High, Limit(value, false), -1) },
        "exclusiveMaximum" => schema with { High = SchemaMerge.Tighter(schema.High, Limit(value, true), -1) },
        "anyOf" or "oneOf" => schema with { Groups = [.. schema.Groups, Places(name, value)] },
        "allOf" => schema with { Also = [.. schema.Also, .. Places(name, value)] },
        "$ref" => References(schema, Text(value)),
        _ when SchemaKeywords.Annotations.Contains(name) || name.StartsWith("x-", StringComparison.Ordinal) => schema,
        "uniqueItems" or "nullable" when value.ValueKind == JsonValueKind.False => schema,
        "minProperties" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int least) && least <= 0 => schema,
        _ => Refuse(schema, SchemaKeywords.Refused.GetValueOrDefault(name, "is no keyword that is known here: leave it out")),
    };

    private static Schema Values(Schema schema, IReadOnlyList<JsonElement> values)
        => schema.Values is null ? schema with { Values = values } : SchemaMerge.Of(schema, new Schema(schema.Pointer) { Values = values }, out _);

    private Schema References(Schema schema, string? reference)
        => reference is null ? schema
            : references.Find(reference, out string problem) is { } place ? schema with { Also = [.. schema.Also, place] }
            : Refuse(schema, problem);

    private SchemaTypes Types(JsonElement value)
    {
        var types = SchemaTypes.None;
        foreach (var type in value.ValueKind == JsonValueKind.Array ? Elements(value, 7) : [value])
        {
            types |= (type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
            {
                "null" => SchemaTypes.Null,
                "boolean" => SchemaTypes.Boolean,
                "integer" => SchemaTypes.Integer,
                "number" => SchemaTypes.Number,
                "string" => SchemaTypes.String,
                "array" => SchemaTypes.Array,
                "object" => SchemaTypes.Object,
                _ => Refuse(SchemaTypes.All, $"has {type.GetRawText()}: use null, boolean, integer, number, string, array or object, or a list of them"),
            };
        }
        return types;
    }

    private List<(string, IReadOnlyList<SchemaPlace>)> Properties(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Refuse<List<(string, IReadOnlyList<SchemaPlace>)>>([], "must be an object of schemas by name");
        var within = new SchemaPlace($"{_place.Pointer}/properties", value);
        var found = value.EnumerateObject().DistinctBy(property => property.Name).Take(MaxProperties + 1).ToList();
        if (found.Count > MaxProperties)
            return Refuse<List<(string, IReadOnlyList<SchemaPlace>)>>([], $"has more than {MaxProperties} members, the bound");
        foreach (var property in found.Where(property => property.Name.Length > MaxName))
            Refuse(0, $"has a name of {property.Name.Length} characters; at most {MaxName} work");
        return [.. found.Select(property => (property.Name, (IReadOnlyList<SchemaPlace>)[within.At(property.Name, property.Value)]))];
    }

    private List<SchemaPlace> Places(string name, JsonElement value)
    {
        var within = new SchemaPlace($"{_place.Pointer}/{name}", value);
        var elements = Elements(value, MaxProperties);
        if (elements.Count == 0)
            Refuse(0, "must be a list of one schema or more");
        return [.. elements.Select((element, i) => within.At(i.ToString(), element))];
    }

    private List<JsonElement> Elements(JsonElement value, int most)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return Refuse<List<JsonElement>>([], "must be a list");
        return value.GetArrayLength() <= most ? [.. value.EnumerateArray()] : Refuse<List<JsonElement>>([], $"has {value.GetArrayLength()} members; at most {most} work");
    }

    private string Name(JsonElement value)
        => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= MaxName } name ? name : Refuse("", $"must be a list of names of at most {MaxName} characters");

    private string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : Refuse<string?>(null, "must be a text");

    private int? Count(JsonElement value)
    {
        // A bound above all that is ever written is none. 3.0 is a count as well.
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double count) && count >= 0 && count == Math.Floor(count))
        {
            if (count <= MaxCount)
                return (int)count;
            if (_keyword.StartsWith("max", StringComparison.Ordinal))
                return null;
        }
        return Refuse<int?>(null, $"is {value.GetRawText()}; whole numbers from 0 to {MaxCount} work");
    }

    private Bound? Limit(JsonElement value, bool exclusive)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return Refuse<Bound?>(null, $"is {value.GetRawText()} and must be a number");
        return Bound.Of(value, exclusive) ?? Refuse<Bound?>(null, $"is {value.GetRawText()}; numbers with at most {Bound.MaxDigits} digits before and behind the point work");
    }

    private T Refuse<T>(T instead, string message)
    {
        problems.Add(new SchemaProblem(_place.Pointer, _keyword, message));
        return instead;
    }
}
