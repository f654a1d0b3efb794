using System.Text.Json.Nodes;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>Schemas that something is valid under, from a seed.</summary>
internal sealed class RandomSchema(int seed)
{
    private static readonly string[] Names = ["a", "ab", "name", "the value", "é", "q\"uote", "", "id", "x/y~z", "n\n"];
    private static readonly string[] Patterns = ["^[a-z]{2,5}$", "^(foo|ba[rz])+$", "x", "^\\d{3}-\\w+$", "[^a-z]$", "^(a?b*){1,3}c$", "^\"\\\\.{0,40}$", "^.{20,60}$", "^$"];
    private static readonly string[] Formats = ["date", "time", "date-time", "uuid", "email", "ipv4", "unheard-of"];

    private readonly Random _random = new(seed);
    private int _definitions;

    public static JsonNode Of(int seed)
    {
        var made = new RandomSchema(seed);
        var root = made.Schema(3);
        if (made._definitions > 0)
        {
            root["$defs"] = new JsonObject
            {
                ["tree"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject { ["v"] = made.Schema(0), ["kids"] = Json("""{"type":"array","items":{"$ref":"#/$defs/tree"}}""") },
                    ["required"] = new JsonArray("v"),
                },
                ["leaf"] = made.Schema(0),
            };
        }
        return root;
    }

    private JsonObject Schema(int depth)
    {
        switch (_random.Next(depth == 0 ? 6 : 13))
        {
            case 0: return new JsonObject { ["type"] = OneOf("null", "boolean", "integer", "number", "string"), ["description"] = "any" };
            case 1: return Number();
            case 2: return Text();
            case 3: return new JsonObject { ["type"] = "string", ["pattern"] = OneOf(Patterns) };
            case 4: return new JsonObject { ["type"] = "string", ["format"] = OneOf(Formats) };
            case 5: return Json(OneOf("""{"enum":["a","ab","b",1,1.5,null,[1,{"x":"\t"}]]}""", """{"const":"fixed text"}""", """{"const":-7}""", """{"type":["integer","null"]}""", """{"type":"string","enum":["yes","no"]}"""));
            case 6: return new JsonObject { [OneOf("anyOf", "oneOf")] = new JsonArray(Schema(depth - 1), Schema(depth - 1)) };
            case 7: return Array(depth);
            case 8:
                _definitions++;
                return new JsonObject { ["$ref"] = OneOf("#/$defs/tree", "#/$defs/leaf"), ["title"] = "referred to" };
            case 9: return new JsonObject { ["allOf"] = new JsonArray(Object(depth, mayBeOpen: false), new JsonObject { ["properties"] = new JsonObject { ["also"] = Schema(0) }, ["required"] = new JsonArray("also") }) };
            case 10: return Json(OneOf("{}", """{"type":"object"}""", """{"type":"array"}""", """{"type":"object","additionalProperties":{"type":"integer"}}"""));
            default: return Object(depth);
        }
    }

    private JsonObject Object(int depth, bool mayBeOpen = true)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (string name in Names.Where(_ => _random.Next(3) == 0))
        {
            properties[name] = Schema(depth - 1);
            if (_random.Next(2) == 0)
                required.Add(name);
        }
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (mayBeOpen && _random.Next(3) == 0)
            schema["additionalProperties"] = Schema(0);
        return schema;
    }

    private JsonObject Array(int depth)
    {
        int least = _random.Next(4);
        var schema = new JsonObject { ["type"] = "array", ["items"] = Schema(depth - 1) };
        if (_random.Next(2) == 0)
            schema["minItems"] = least;
        if (_random.Next(2) == 0)
            schema["maxItems"] = least + _random.Next(60);
        if (_random.Next(3) == 0)
            schema["prefixItems"] = new JsonArray(Schema(depth - 1), Schema(depth - 1));
        return schema;
    }

    private JsonObject Number()
    {
        decimal low = _random.Next(-2000, 2000) / (decimal)Math.Pow(10, _random.Next(4)), high = low + (_random.Next(1, 3000) / 10m) + 1.1m;
        var schema = new JsonObject { ["type"] = OneOf("integer", "number") };
        if (_random.Next(3) > 0)
            schema[OneOf("minimum", "exclusiveMinimum")] = low;
        if (_random.Next(3) > 0)
            schema[OneOf("maximum", "exclusiveMaximum")] = high;
        return schema;
    }

    private JsonObject Text()
    {
        int least = _random.Next(30);
        return new JsonObject { ["type"] = "string", ["minLength"] = least, ["maxLength"] = least + _random.Next(100) };
    }

    private string OneOf(params string[] values) => values[_random.Next(values.Length)];

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
