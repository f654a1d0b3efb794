using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Resources.Schema;

/// <summary>
/// The schema of a typed view, read from the same description that reads and writes its JSON, from the attributes of its properties and from
/// their docstrings.
/// </summary>
internal static class SchemaBuilder
{
    // No kind nests its own records this deep.
    private const int MaxDepth = 16;

    private const string QuantityExpression = @"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

    private static readonly PatternAttribute QuantityPattern = new(QuantityExpression, "a quantity such as 80Gi, 500m or 4");

    public static FieldSchema Of(JsonTypeInfo view) => Of(view, [], 0) with { Description = Descriptions.Of(view.Type) };

    private static FieldSchema Of(JsonTypeInfo view, IReadOnlyList<Attribute> attributes, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidOperationException($"{view.Type}: a record that nests in itself has no structural schema.");
        switch (view.Kind)
        {
            case JsonTypeInfoKind.Object:
                var properties = view.Properties.Where(p => p.Get is not null).Select(p => Property(p, view, depth)).ToList();
                return new FieldSchema(FieldType.Fields)
                {
                    Properties = properties,
                    Rules = [.. SchemaRules.On(view.Type)],
                    View = view,
                    AtomicMap = view.Type.IsDefined(typeof(AtomicMapAttribute), inherit: false),
                    HasDefaults = properties.Any(p => p.Schema.HasDefaults),
                };
            case JsonTypeInfoKind.Enumerable when view.ElementType is { } element:
                var items = Of(view.Options.GetTypeInfo(element), attributes, depth + 1);
                return new FieldSchema(FieldType.List) { Elements = items, HasDefaults = items.HasDefaults };
            case JsonTypeInfoKind.Dictionary when view.ElementType is { } element:
                var values = Of(view.Options.GetTypeInfo(element), attributes, depth + 1);
                return new FieldSchema(FieldType.Map) { Elements = values, HasDefaults = values.HasDefaults };
            default:
                return WithLimits(Scalar(Nullable.GetUnderlyingType(view.Type) ?? view.Type, attributes), attributes);
        }
    }

    private static FieldProperty Property(JsonPropertyInfo property, JsonTypeInfo view, int depth)
    {
        var member = property.AttributeProvider as MemberInfo;
        var attributes = member?.GetCustomAttributes(inherit: true).OfType<Attribute>().ToList() ?? [];
        var schema = Of(view.Options.GetTypeInfo(property.PropertyType), attributes, depth + 1) with { Description = Descriptions.Of(member, property.PropertyType) };

        string? required = attributes.OfType<RequiredAttribute>().FirstOrDefault()?.Hint ?? (property.IsRequired ? "" : null);
        if (required is not null && schema.Type is FieldType.Text or FieldType.List && !property.IsRequired)
            schema = schema with { NotEmpty = required is not null };
        if (attributes.OfType<DefaultAttribute>().FirstOrDefault() is { } value)
            schema = schema with { Default = JsonNode.Parse(value.Json), HasDefaults = true };
        if (attributes.OfType<AtMostElementsAttribute>().FirstOrDefault() is { } most)
            schema = schema with { MaxElements = most.Count };
        if (attributes.OfType<ListMapAttribute>().FirstOrDefault() is { } map)
            schema = schema with { MapKeys = map.Keys };
        return new FieldProperty(
            property.Name,
            schema with { IsSet = attributes.OfType<ListSetAttribute>().Any(), AtomicMap = schema.AtomicMap || attributes.OfType<AtomicMapAttribute>().Any() },
            required);
    }

    private static FieldSchema WithLimits(FieldSchema schema, IReadOnlyList<Attribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            schema = attribute switch
            {
                OneOfAttribute words => schema with { OneOf = words.Values },
                BetweenAttribute between => schema with { Minimum = between.Minimum, Maximum = between.Maximum },
                AtLeastAttribute least => schema with { Minimum = least.Minimum },
                PatternAttribute pattern => schema with { Pattern = pattern },
                QuantityAttribute => schema with { Pattern = QuantityPattern },
                _ => schema,
            };
        }
        return schema;
    }

    private static FieldSchema Scalar(Type type, IReadOnlyList<Attribute> attributes)
    {
        if (type == typeof(string))
            return new(FieldType.Text);
        if (type == typeof(bool))
            return new(FieldType.Boolean);
        if (type == typeof(int) || type == typeof(long))
            return new(FieldType.WholeNumber) { Format = type == typeof(int) ? "int32" : "int64" };
        if (type == typeof(double) || type == typeof(float))
            return new(FieldType.Number) { Format = "double" };
        if (type == typeof(DateTimeOffset))
            return new(FieldType.Text) { Format = "date-time" };
        if (attributes.Any(a => a is RawObjectAttribute))
            return Raw;
        if (attributes.Any(a => a is RawListAttribute))
            return new(FieldType.List) { Elements = Raw };
        return new(attributes.Any(a => a is IntOrStringAttribute or QuantityAttribute) ? FieldType.IntOrString : FieldType.Any);
    }

    private static FieldSchema Raw => new(FieldType.Fields) { Open = true };
}
