using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Resources.Schema;

/// <summary>What shape a field's value has.</summary>
public enum FieldType
{
    /// <summary>Whatever it is, it is kept.</summary>
    Any,

    /// <summary>An object with known fields; with <see cref="FieldSchema.Open"/> also others, or only others.</summary>
    Fields,

    /// <summary>An object whose names are free.</summary>
    Map,

    List,
    Text,
    WholeNumber,
    Number,
    Boolean,

    /// <summary>A whole number or text.</summary>
    IntOrString,
}

/// <summary>
/// What one field of a kind may hold. Built once from the records and their attributes (<see cref="SchemaBuilder"/>); read by validation, by
/// defaulting, by the merging of writes (<see cref="MergeType"/>), by <c>kubectl explain</c> and by the generated CustomResourceDefinitions.
/// </summary>
public sealed record FieldSchema(FieldType Type)
{
    /// <summary>The docstring.</summary>
    public string? Description { get; init; }

    /// <summary><c>int32</c>, <c>int64</c>, <c>double</c> or <c>date-time</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Of an object, in the order of the record.</summary>
    public IReadOnlyList<FieldProperty> Properties { get; init; } = [];

    /// <summary>Fields that are not known are kept and are no mistake.</summary>
    public bool Open { get; init; }

    /// <summary>Of each element of a list or map.</summary>
    public FieldSchema? Elements { get; init; }

    public IReadOnlyList<string> OneOf { get; init; } = [];

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }

    public PatternAttribute? Pattern { get; init; }

    /// <summary>An empty text or list is as bad as none.</summary>
    public bool NotEmpty { get; init; }

    /// <summary>Of a list or map: the most elements that it may have.</summary>
    public int? MaxElements { get; init; }

    public JsonNode? Default { get; init; }

    /// <summary>Of a list: the fields that tell elements apart. Empty: it is one value, or a set.</summary>
    public IReadOnlyList<string> MapKeys { get; init; } = [];

    public bool IsSet { get; init; }

    public bool AtomicMap { get; init; }

    /// <summary>What must hold between fields of an object.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Reads an object of this shape as its record; null for shapes that have none.</summary>
    public JsonTypeInfo? View { get; init; }

    /// <summary>Whether this or something inside has a default.</summary>
    public bool HasDefaults { get; init; }

    public FieldProperty? Property(string name) => Properties.FirstOrDefault(p => p.Name == name);
}

/// <param name="Required">The end of the message when it is left out; null: it may be.</param>
public sealed record FieldProperty(string Name, FieldSchema Schema, string? Required);
