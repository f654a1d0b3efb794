using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace Orrery.Resources.Schema;

/// <summary>Which parts of a value have owners of their own.</summary>
public enum MergeForm
{
    /// <summary>None: a scalar, or an object or list that is replaced whole.</summary>
    Whole,

    /// <summary>No record describes it: fields of objects do, lists are whole.</summary>
    Unknown,

    /// <summary>Each field; those that no record knows are <see cref="Unknown"/>.</summary>
    Struct,

    /// <summary>Each entry.</summary>
    Map,

    /// <summary>Each scalar of the list.</summary>
    Set,

    /// <summary>Each object of the list, told apart by <see cref="MergeType.Keys"/>.</summary>
    Keyed,
}

/// <summary>How values of a field merge: the part of its <see cref="FieldSchema"/> that says who owns what, so that the two cannot differ.</summary>
public sealed class MergeType
{
    private static readonly ConditionalWeakTable<ResourceKind, MergeType> OfKinds = [];

    private readonly MergeType? _element;
    private readonly FrozenDictionary<string, MergeType> _fields;

    private MergeType(MergeForm form, MergeType? element = null, IReadOnlyList<string>? keys = null, FrozenDictionary<string, MergeType>? fields = null)
    {
        Form = form;
        _element = element;
        Keys = keys ?? [];
        _fields = fields ?? FrozenDictionary<string, MergeType>.Empty;
    }

    public static MergeType Whole { get; } = new(MergeForm.Whole);

    public static MergeType Unknown { get; } = new(MergeForm.Unknown);

    public MergeForm Form { get; }

    /// <summary>Of entries and items.</summary>
    public MergeType Element => _element ?? Unknown;

    /// <summary>JSON names of the fields that tell items apart.</summary>
    public IReadOnlyList<string> Keys { get; }

    public static MergeType Of(ResourceKind kind) => OfKinds.GetValue(kind, k => Of(k.Schema));

    /// <summary>Null: no record knows a field of that name.</summary>
    public MergeType? Field(string name) => _fields.GetValueOrDefault(name);

    private static MergeType Of(FieldSchema schema) => schema switch
    {
        { AtomicMap: true } => Whole,
        { Type: FieldType.Fields, View: not null } => new MergeType(
            MergeForm.Struct, fields: schema.Properties.ToFrozenDictionary(p => p.Name, p => Of(p.Schema), StringComparer.Ordinal)),
        { Type: FieldType.Map } => new MergeType(MergeForm.Map, Of(schema.Elements!)),
        { Type: FieldType.List, MapKeys.Count: > 0 } => new MergeType(MergeForm.Keyed, Of(schema.Elements!), schema.MapKeys),
        { Type: FieldType.List, IsSet: true } => new MergeType(MergeForm.Set, Whole),
        // Kubernetes' own objects that are kept as they are.
        { Type: FieldType.Fields or FieldType.Any } => Unknown,
        _ => Whole,
    };
}
