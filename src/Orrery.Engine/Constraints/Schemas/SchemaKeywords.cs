using System.Collections.Frozen;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>The keywords that restrict nothing, and those that would and do not work, each with what to do instead.</summary>
internal static class SchemaKeywords
{
    public static FrozenSet<string> Annotations { get; } = new[]
    {
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment", "$defs",
        "definitions", "contentMediaType", "contentEncoding", "contentSchema",
    }.ToFrozenSet();

    public static FrozenDictionary<string, string> Refused { get; } = new Dictionary<string, string>
    {
        ["not"] = "does not work: say what is allowed with enum, pattern, type or anyOf",
        ["if"] = "does not work: use anyOf with one schema for each case",
        ["then"] = "does not work: use anyOf with one schema for each case",
        ["else"] = "does not work: use anyOf with one schema for each case",
        ["contains"] = "does not work: use prefixItems or items",
        ["minContains"] = "does not work: use minItems",
        ["maxContains"] = "does not work: use maxItems",
        ["patternProperties"] = "does not work: name the properties, or use additionalProperties with a schema",
        ["propertyNames"] = "does not work: name the properties",
        ["minProperties"] = "does not work: use required",
        ["maxProperties"] = "does not work: name the properties and set additionalProperties to false",
        ["dependentRequired"] = "does not work: use anyOf with one schema for each case",
        ["dependentSchemas"] = "does not work: use anyOf with one schema for each case",
        ["dependencies"] = "does not work: use anyOf with one schema for each case",
        ["unevaluatedProperties"] = "does not work: use additionalProperties",
        ["unevaluatedItems"] = "does not work: use items",
        ["additionalItems"] = "does not work: use prefixItems for the first items and items for the others",
        ["uniqueItems"] = "does not work but as false: leave it out",
        ["multipleOf"] = "does not work: use type integer, or enum",
        ["nullable"] = "does not work but as false: use a list of types that has \"null\"",
        ["$dynamicRef"] = "does not work: use $ref",
        ["$recursiveRef"] = "does not work: use $ref",
        ["$anchor"] = "does not work: refer by place, such as #/$defs/name",
        ["$dynamicAnchor"] = "does not work: refer by place, such as #/$defs/name",
    }.ToFrozenDictionary();
}
