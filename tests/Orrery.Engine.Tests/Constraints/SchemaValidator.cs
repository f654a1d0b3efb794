using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>Whether a value is valid under a schema, from the specification alone: shares nothing with what it checks. oneOf is taken as anyOf.</summary>
internal sealed class SchemaValidator(JsonElement root)
{
    public bool IsValid(JsonElement value) => IsValid(root, value);

    private bool IsValid(JsonElement schema, JsonElement value)
        => schema.ValueKind == JsonValueKind.True
            || (schema.ValueKind == JsonValueKind.Object && schema.EnumerateObject().All(keyword => Holds(schema, keyword.Name, keyword.Value, value)));

    private bool Holds(JsonElement schema, string name, JsonElement keyword, JsonElement value)
    {
        switch (name)
        {
            case "$ref":
                return IsValid(Find(keyword.GetString()!), value);
            case "type":
                return keyword.ValueKind == JsonValueKind.Array ? keyword.EnumerateArray().Any(type => Is(value, type.GetString()!)) : Is(value, keyword.GetString()!);
            case "enum":
                return keyword.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value));
            case "const":
                return JsonElement.DeepEquals(keyword, value);
            case "anyOf" or "oneOf":
                return keyword.EnumerateArray().Any(one => IsValid(one, value));
            case "allOf":
                return keyword.EnumerateArray().All(one => IsValid(one, value));
        }
        return value.ValueKind switch
        {
            JsonValueKind.Number => HoldsForNumber(name, keyword, value),
            JsonValueKind.String => HoldsForString(name, keyword, value.GetString()!),
            JsonValueKind.Array => HoldsForArray(schema, name, keyword, [.. value.EnumerateArray()]),
            JsonValueKind.Object => HoldsForObject(schema, name, keyword, value),
            _ => true,
        };
    }

    private static bool HoldsForNumber(string name, JsonElement keyword, JsonElement value) => name switch
    {
        "minimum" => value.GetDecimal() >= keyword.GetDecimal(),
        "maximum" => value.GetDecimal() <= keyword.GetDecimal(),
        "exclusiveMinimum" => value.GetDecimal() > keyword.GetDecimal(),
        "exclusiveMaximum" => value.GetDecimal() < keyword.GetDecimal(),
        _ => true,
    };

    private static bool HoldsForString(string name, JsonElement keyword, string value) => name switch
    {
        "minLength" => value.EnumerateRunes().Count() >= keyword.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= keyword.GetInt32(),
        "pattern" => Regex.IsMatch(OneUnitEach(value), keyword.GetString()!, RegexOptions.ECMAScript | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)),
        "format" => keyword.GetString() switch
        {
            "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "date-time" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _) && value[10] == 'T',
            "time" => DateTimeOffset.TryParse("2000-01-01T" + value, CultureInfo.InvariantCulture, out _),
            "uuid" => Guid.TryParseExact(value, "D", out _),
            "email" => System.Net.Mail.MailAddress.TryCreate(value, out var address) && address.Address == value,
            "ipv4" => System.Net.IPAddress.TryParse(value, out _),
            _ => true,
        },
        _ => true,
    };

    /// <summary>Patterns count characters; .NET counts UTF-16 units. Those that take two become another that no pattern here names.</summary>
    private static string OneUnitEach(string value) => string.Concat(value.EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString() : "\uE000"));

    private bool HoldsForArray(JsonElement schema, string name, JsonElement keyword, List<JsonElement> items)
    {
        int prefix = schema.TryGetProperty("prefixItems", out var first) ? first.GetArrayLength() : 0;
        return name switch
        {
            "minItems" => items.Count >= keyword.GetInt32(),
            "maxItems" => items.Count <= keyword.GetInt32(),
            "prefixItems" => items.Zip(keyword.EnumerateArray()).All(pair => IsValid(pair.Second, pair.First)),
            "items" => items.Skip(prefix).All(item => IsValid(keyword, item)),
            _ => true,
        };
    }

    private bool HoldsForObject(JsonElement schema, string name, JsonElement keyword, JsonElement value)
    {
        var properties = schema.TryGetProperty("properties", out var named) ? named.EnumerateObject().Select(property => property.Name).ToHashSet() : [];
        return name switch
        {
            "properties" => value.EnumerateObject().All(member => !keyword.TryGetProperty(member.Name, out var property) || IsValid(property, member.Value)),
            "required" => keyword.EnumerateArray().All(required => value.TryGetProperty(required.GetString()!, out _)),
            "additionalProperties" => value.EnumerateObject().All(member => properties.Contains(member.Name) || IsValid(keyword, member.Value)),
            _ => true,
        };
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDecimal() % 1 == 0,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };

    private JsonElement Find(string reference)
        => reference.Split('/').Skip(1).Aggregate(root, (at, part) => at.GetProperty(part));
}
