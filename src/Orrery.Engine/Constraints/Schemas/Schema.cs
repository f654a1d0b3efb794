using System.Text.Json;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Schemas;

[Flags]
internal enum SchemaTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,

    /// <summary>Numbers that are no integers; the keyword's <c>number</c> is both.</summary>
    Fraction = 8,
    String = 16,
    Array = 32,
    Object = 64,
    Number = Integer | Fraction,
    All = 127,
}

/// <summary>
/// What a schema says, keyword by keyword; null where it says nothing. Subschemas are lists of places that must all hold, so two schemas
/// merge field by field.
/// </summary>
/// <param name="Pointer">For problems.</param>
internal sealed record Schema(string Pointer)
{
    public SchemaTypes? Types { get; init; }

    /// <summary>From enum and const.</summary>
    public IReadOnlyList<JsonElement>? Values { get; init; }

    /// <summary>In the schema's order.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<SchemaPlace> Schemas)> Properties { get; init; } = [];

    public IReadOnlyList<string> Required { get; init; } = [];
    public IReadOnlyList<SchemaPlace>? Additional { get; init; }
    public IReadOnlyList<IReadOnlyList<SchemaPlace>> PrefixItems { get; init; } = [];
    public IReadOnlyList<SchemaPlace>? Items { get; init; }
    public int? MinItems { get; init; }
    public int? MaxItems { get; init; }
    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public string? Pattern { get; init; }

    /// <summary>One of <see cref="Formats"/>; others are annotations.</summary>
    public string? Format { get; init; }

    public Bound? Low { get; init; }
    public Bound? High { get; init; }

    /// <summary>Of each group one must hold: anyOf, oneOf.</summary>
    public IReadOnlyList<IReadOnlyList<SchemaPlace>> Groups { get; init; } = [];

    /// <summary>Must hold as well: allOf, $ref.</summary>
    public IReadOnlyList<SchemaPlace> Also { get; init; } = [];

    public bool SaysOfObjects => Properties.Count > 0 || Required.Count > 0 || Additional is not null;

    public bool SaysOfArrays => PrefixItems.Count > 0 || Items is not null || MinItems is not null || MaxItems is not null;

    public bool SaysOfStrings => MinLength is not null || MaxLength is not null || Pattern is not null || Format is not null;

    public bool SaysOfNumbers => Low is not null || High is not null;

    public bool SaysNothing => Types is null && Values is null && Groups.Count == 0 && !SaysOfParts;

    public bool SaysOfParts => SaysOfObjects || SaysOfArrays || SaysOfStrings || SaysOfNumbers;

    /// <summary>
    /// The types that are written. A schema that names no type allows all; of those only the ones are written that it says something of,
    /// which is what was meant.
    /// </summary>
    public SchemaTypes WrittenTypes => Types ?? (!SaysOfParts ? SchemaTypes.All
        : (SaysOfObjects ? SchemaTypes.Object : 0) | (SaysOfArrays ? SchemaTypes.Array : 0)
            | (SaysOfStrings ? SchemaTypes.String : 0) | (SaysOfNumbers ? SchemaTypes.Number : 0));
}
