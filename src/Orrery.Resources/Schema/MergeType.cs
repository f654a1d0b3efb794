using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

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

/// <summary>How values of a field merge, read off the typed view and its attributes (<see cref="ListMapAttribute"/> and the like).</summary>
public sealed class MergeType
{
    private static readonly ConcurrentDictionary<Type, MergeType> Structs = new();

    private readonly MergeType? _element;
    private readonly Lazy<FrozenDictionary<string, MergeType>>? _fields;

    private MergeType(MergeForm form, MergeType? element = null, IReadOnlyList<string>? keys = null, Func<FrozenDictionary<string, MergeType>>? fields = null)
    {
        Form = form;
        _element = element;
        Keys = keys ?? [];
        // Records may hold themselves, so a record's fields are read when they are first asked for.
        _fields = fields is null ? null : new(fields);
    }

    public static MergeType Whole { get; } = new(MergeForm.Whole);

    public static MergeType Unknown { get; } = new(MergeForm.Unknown);

    public MergeForm Form { get; }

    /// <summary>Of entries and items.</summary>
    public MergeType Element => _element ?? Unknown;

    /// <summary>JSON names of the fields that tell items apart.</summary>
    public IReadOnlyList<string> Keys { get; }

    public static MergeType Of(ResourceKind kind) => Of(kind.View);

    /// <summary>Null: no record knows a field of that name.</summary>
    public MergeType? Field(string name) => _fields?.Value.GetValueOrDefault(name);

    private static MergeType Of(JsonTypeInfo view) => view.Kind switch
    {
        JsonTypeInfoKind.Object when view.Type.IsDefined(typeof(AtomicMapAttribute), inherit: false) => Whole,
        JsonTypeInfoKind.Object => Structs.GetOrAdd(view.Type, _ => new MergeType(MergeForm.Struct, fields: () => Fields(view))),
        JsonTypeInfoKind.Dictionary => new MergeType(MergeForm.Map, ElementOf(view)),
        JsonTypeInfoKind.Enumerable => Whole,
        _ when IsAnyJson(view.Type) => Unknown,
        _ => Whole,
    };

    private static FrozenDictionary<string, MergeType> Fields(JsonTypeInfo view) => view.Properties.ToFrozenDictionary(
        p => p.Name,
        p => Attributed(view.Options.GetTypeInfo(p.PropertyType), p.AttributeProvider),
        StringComparer.Ordinal);

    private static MergeType Attributed(JsonTypeInfo view, ICustomAttributeProvider? attributes)
    {
        foreach (object attribute in attributes?.GetCustomAttributes(inherit: false) ?? [])
        {
            switch (attribute)
            {
                case ListMapAttribute map:
                    return new MergeType(MergeForm.Keyed, ElementOf(view), map.Keys);
                case ListSetAttribute:
                    return new MergeType(MergeForm.Set, Whole);
                case AtomicMapAttribute:
                    return Whole;
            }
        }
        return Of(view);
    }

    private static MergeType ElementOf(JsonTypeInfo view) => view.ElementType is { } element ? Of(view.Options.GetTypeInfo(element)) : Unknown;

    private static bool IsAnyJson(Type type)
        => (Nullable.GetUnderlyingType(type) ?? type) == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type);
}
