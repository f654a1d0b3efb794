namespace Orrery.Engine.Tests.Constraints;

public sealed class SchemaKeywordTests
{
    /// <summary>Schema, texts that it allows, texts that it does not.</summary>
    public static TheoryData<string, string[], string[]> Keywords => new()
    {
        { """{"type":"null"}""", ["null"], ["", "nul", "nulll", "0"] },
        { """{"type":"boolean"}""", ["true", "false"], ["True", "1"] },
        { """{"type":"integer"}""", ["0", "-1", "12", "123456789012345678"], ["-0", "01", "1.0", "1e3", "", "-", "1234567890123456789"] },
        { """{"type":"number"}""", ["0", "-0.5", "1.25", "3e8", "1E-9", "-12.5e+10"], [".5", "1.", "01", "1e", "+1", "NaN", "1e100"] },
        { """{"type":"string"}""", ["\"\"", "\"a b\"", "\"é€😀\"", """ "\n\"\\\/\u00e9" """, """ "\ud83d\ude00" """], ["\"", "a", "\"\n\"", """ "\x" """, """ "\ud83d" """, """ "\ude00" """, """ "\ud83dx" """] },
        { """{"type":["string","null"]}""", ["\"x\"", "null"], ["1"] },
        { """{"type":"integer","minimum":3,"maximum":12}""", ["3", "9", "10", "12"], ["2", "13", "03", "-3", "100"] },
        { """{"type":"integer","exclusiveMinimum":-2,"exclusiveMaximum":2}""", ["-1", "0", "1"], ["-2", "2", "-0"] },
        { """{"type":"integer","minimum":-120,"maximum":-15}""", ["-15", "-99", "-120"], ["-14", "-121", "0", "15"] },
        { """{"type":"integer","minimum":1.5}""", ["2", "100"], ["1", "0", "-2"] },
        { """{"type":"integer","maximum":1e3}""", ["1000", "-5"], ["1001"] },
        { """{"type":"number","minimum":0.25,"maximum":1.5}""", ["0.25", "0.3", "1", "1.5", "1.50", "1.49999"], ["0.2", "0.2499", "1.51", "2", "0.", "1e0"] },
        { """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""", ["0.5", "0.001"], ["0", "0.0", "1", "1.0", "-0.5"] },
        { """{"type":"number","maximum":-0.5}""", ["-0.5", "-1", "-0.50", "-100.25"], ["-0.4", "0", "-0.49"] },
        { """{"type":"string","minLength":2,"maxLength":3}""", ["\"ab\"", "\"€😀é\"", """ "\n\u00e9" """, """ "\ud83d\ude00x" """], ["\"a\"", "\"abcd\"", """ "\ud83d\ude00" """] },
        { """{"type":"string","minLength":200}""", ["\"" + new string('x', 200) + "\"", "\"" + new string('x', 300) + "\""], ["\"" + new string('x', 199) + "\""] },
        { """{"type":"string","maxLength":200}""", ["\"" + new string('x', 200) + "\"", "\"\""], ["\"" + new string('x', 201) + "\""] },
        { """{"type":"string","pattern":"^[a-c]+$"}""", ["\"abc\""], ["\"\"", "\"abd\"", """ "\u0061" """] },
        { """{"type":"string","pattern":"b.d"}""", ["\"abcde\"", "\"bcd\"", "\"b\\\"d\""], ["\"bd\"", "\"b\\nd\""] },
        { """{"type":"string","pattern":"^\"\\\\"}""", ["""  "\"\\" """, """ "\"\\abc" """], ["\"x\""] },
        { """{"format":"date"}""", ["\"2024-02-29\"", "\"2000-02-29\"", "\"1999-12-31\""], ["\"2023-02-29\"", "\"1900-02-29\"", "\"2024-13-01\"", "\"2024-04-31\"", "\"0000-01-01\""] },
        { """{"format":"time"}""", ["\"23:59:59Z\"", "\"00:00:00.5+02:00\""], ["\"24:00:00Z\"", "\"12:00:00\"", "\"12:00Z\""] },
        { """{"format":"date-time"}""", ["\"2024-01-01T10:00:00Z\""], ["\"2024-01-01 10:00:00Z\"", "\"2024-01-01\""] },
        { """{"format":"uuid"}""", ["\"123e4567-e89b-12d3-a456-426614174000\""], ["\"123e4567e89b12d3a456426614174000\""] },
        { """{"format":"email"}""", ["\"a.b+c@example.org\""], ["\"a@b\"", "\"a b@example.org\""] },
        { """{"format":"ipv4"}""", ["\"127.0.0.1\"", "\"255.255.255.255\""], ["\"256.0.0.1\"", "\"1.2.3\""] },
        { """{"type":"string","format":"made-up"}""", ["\"anything\""], ["1"] },
        { """{"enum":["a",1,null,{"b":[true]},"a\"é"]}""", ["\"a\"", "1", "null", """{"b":[true]}""", "\"a\\\"é\""], ["\"b\"", "2", """{"b": [true]}"""] },
        { """{"type":"integer","enum":[1,"a",2.5,3.0]}""", ["1", "3.0"], ["\"a\"", "2.5"] },
        { """{"const":"x"}""", ["\"x\""], ["\"y\""] },
        { """{"anyOf":[{"type":"integer"},{"const":"x"}]}""", ["1", "\"x\""], ["\"y\"", "true"] },
        { """{"oneOf":[{"type":"integer"},{"type":"null"}]}""", ["1", "null"], ["true"] },
        { """{"minimum":5}""", ["5", "7.5"], ["4", "\"x\""] },
        { "true", ["1", "{}", """{"a":[1, {"b":null}]}""", "[]", "\"x\""], ["", "{]"] },
        { "{}", ["1", "{\n  \"a\": 1,\n  \"b\": 2\n}", "[ 1 ]"], ["[1  ]", "[1,,2]", "{\"a\" :1}", "[\n\n1]", "1 "] },
    };

    public static TheoryData<string, string[], string[]> Containers => new()
    {
        { """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["a"],"additionalProperties":false}""",
            ["""{"a":1}""", """{"a": 1, "b": null}""", "{\n\t\"a\": 1\n}"], ["{}", """{"b":null}""", """{"b":null,"a":1}""", """{"a":1,"c":2}""", """{"a":1,}""", """{"a":"1"}""", """{"a":1,"a":1}"""] },
        { """{"type":"object","properties":{"a":true,"b":true,"c":true}}""",
            ["{}", """{"a":1}""", """{"c":1}""", """{"a":1,"c":[]}""", """{"b":1, "c":2}"""], ["""{"c":1,"a":1}""", """{"d":1}""", """{,"a":1}"""] },
        { """{"type":"object","additionalProperties":{"type":"integer"}}""", ["{}", """{"x":1,"\n":2}"""], ["""{"x":"1"}""", """{x:1}"""] },
        { """{"type":"object","properties":{"ab":{"type":"null"}},"additionalProperties":{"type":"integer"}}""",
            ["""{"ab":null,"a":1,"abc":2,"":3,"é":4}""", """{"b":1}"""], ["""{"ab":1}""", """{"b":1,"ab":2}""", """{"\u0061b":1}""", """{"a":null}"""] },
        { """{"type":"object","required":["x"]}""", ["""{"x":1}"""], ["{}", """{"y":1}"""] },
        { """{"type":"object","required":["x"],"additionalProperties":{"type":"null"}}""", ["""{"x":null}""", """{"x":null,"y":null}"""], ["""{"x":1}""", """{"y":null}"""] },
        { """{"type":"object","properties":{"a":false,"b":true}}""", ["""{"b":1}"""], ["""{"a":1}"""] },
        { """{"type":"object"}""", ["{}", """{"any":{"thing":[1]}}"""], ["[]"] },
        { """{"type":"array","items":{"type":"integer"}}""", ["[]", "[1]", "[1,2, 3]", "[\n  1,\n  2\n]"], ["[1,]", "[,1]", "[\"a\"]", "[1 ,2]"] },
        { """{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", ["[1,2]", "[1,2,3]"], ["[]", "[1]", "[1,2,3,4]"] },
        { """{"type":"array","maxItems":0}""", ["[]"], ["[1]"] },
        { """{"items":{"const":0},"minItems":100,"maxItems":101}""",
            ["[" + string.Join(',', new int[100]) + "]", "[" + string.Join(',', new int[101]) + "]"], ["[" + string.Join(',', new int[99]) + "]", "[" + string.Join(',', new int[102]) + "]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}],"items":false}""", ["[]", "[1]", "[1,null]"], ["[null]", "[1,null,1]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"null"},"minItems":2,"maxItems":3}""", ["[1,null]", "[1,null,null]"], ["[1]", "[1,1]", "[1,null,null,null]"] },
        { """{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"v":{"type":"integer"},"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["v"]}}}""",
            ["""{"v":1}""", """{"v":1,"kids":[{"v":2,"kids":[]},{"v":3}]}"""], ["""{"v":1,"kids":[{}]}"""] },
        { """{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["next"]}""", ["""{"next":{"next":null}}"""], ["""{"next":1}""", "{}"] },
        { """{"properties":{"a~/b":{"$ref":"#/properties/c"},"c":{"type":"null"},"d":{"$ref":"#/properties/a~0~1b"}}}""", ["""{"a~/b":null,"c":null,"d":null}"""], ["""{"a~/b":1}""", """{"d":1}"""] },
        { """{"allOf":[{"$ref":"#/$defs/a"}],"description":"x","default":null,"$defs":{"a":{"type":"integer"}}}""", ["1"], ["null"] },
        { """{"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"a":{"minimum":5},"b":{"type":"null"}},"required":["b"]}]}""",
            ["""{"a":5,"b":null}"""], ["""{"a":4,"b":null}""", """{"a":5}""", """{"b":null}""", """{"a":5.5,"b":null}"""] },
        { """{"allOf":[{"type":["integer","string"],"minimum":1},{"type":["integer","null"],"maximum":3}]}""", ["1", "3"], ["0", "4", "null", "\"a\""] },
        { """{"allOf":[{"enum":["a","b"]},{"enum":["b","c"]}]}""", ["\"b\""], ["\"a\"", "\"c\""] },
        { """{"allOf":[{"properties":{"a":true,"b":true}},{"properties":{"b":true},"additionalProperties":false}]}""", ["{}", """{"b":1}"""], ["""{"a":1}"""] },
        { """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""", ["""{"a":1}""", """{"b":1}""", """{"a":1,"b":1}"""], ["{}"] },
        { """{"anyOf":[{"type":"object","properties":{"t":{"const":"x"},"n":{"type":"integer"}},"required":["t","n"]},{"type":"object","properties":{"t":{"const":"y"}},"required":["t"]}]}""",
            ["""{"t":"x","n":1}""", """{"t":"y"}"""], ["""{"t":"x"}""", """{"t":"y","n":1}"""] },
    };

    [Theory]
    [MemberData(nameof(Keywords))]
    [MemberData(nameof(Containers))]
    public void A_keyword_allows_what_it_should_and_nothing_else(string schema, string[] allowed, string[] others)
    {
        var grammar = Texts.Compile(schema);

        Assert.All(allowed, text => Assert.True(Texts.Accepts(grammar, text.StartsWith(' ') ? text.Trim() : text), $"{schema} should allow {text}"));
        Assert.All(others, text => Assert.False(Texts.Accepts(grammar, text.StartsWith(' ') ? text.Trim() : text), $"{schema} should not allow {text}"));
    }

    [Fact]
    public void Text_in_strings_is_whole_utf8()
    {
        var grammar = Texts.Compile("""{"type":"string"}""");

        Assert.True(Texts.Accepts(grammar, [(byte)'"', 0xF0, 0x9F, 0x98, 0x80, (byte)'"']));
        Assert.False(Texts.Accepts(grammar, [(byte)'"', 0xF0, 0x9F, 0x98, (byte)'"']));
        Assert.False(Texts.Accepts(grammar, [(byte)'"', 0x80, (byte)'"']));
        Assert.False(Texts.Accepts(grammar, [(byte)'"', 0xC0, 0x80, (byte)'"']));
        Assert.False(Texts.Accepts(grammar, [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"']));
        Assert.False(Texts.Accepts(grammar, [(byte)'"', 0xF4, 0x90, 0x80, 0x80, (byte)'"']));
    }

    [Fact]
    public void Nesting_ends_at_its_bound_with_everything_closed()
    {
        var grammar = Orrery.Engine.Constraints.JsonConstraint.AnyObject;
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("""{"a":""", depth - 1)) + "{}" + new string('}', depth - 1);

        Assert.True(Texts.Accepts(grammar, Nested(Orrery.Engine.Constraints.Grammar.MaxNesting)));
        Assert.False(Texts.Accepts(grammar, Nested(Orrery.Engine.Constraints.Grammar.MaxNesting + 1)));
        Assert.False(Texts.Accepts(grammar, "[]"));
    }
}
