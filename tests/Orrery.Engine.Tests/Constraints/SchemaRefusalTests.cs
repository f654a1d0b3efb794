namespace Orrery.Engine.Tests.Constraints;

public sealed class SchemaRefusalTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"not":{}}}}""", "#/properties/a", "not")]
    [InlineData("""{"if":{},"then":{}}""", "#", "if")]
    [InlineData("""{"items":{"type":"array","uniqueItems":true}}""", "#/items", "uniqueItems")]
    [InlineData("""{"type":"number","multipleOf":0.1}""", "#", "multipleOf")]
    [InlineData("""{"patternProperties":{"^a":{}}}""", "#", "patternProperties")]
    [InlineData("""{"minProperties":1}""", "#", "minProperties")]
    [InlineData("""{"anyOf":[{"type":"string"},{"contains":{}}]}""", "#/anyOf/1", "contains")]
    [InlineData("""{"$defs":{"x":{"propertyNames":{}}},"$ref":"#/$defs/x"}""", "#/$defs/x", "propertyNames")]
    [InlineData("""{"madeUp":1}""", "#", "madeUp")]
    [InlineData("""{"type":"text"}""", "#", "type")]
    [InlineData("""{"type":7}""", "#", "type")]
    [InlineData("""{"items":[{}]}""", "#", "items")]
    [InlineData("""{"required":"a"}""", "#", "required")]
    [InlineData("""{"properties":[1]}""", "#", "properties")]
    [InlineData("""{"enum":1}""", "#", "enum")]
    [InlineData("""{"anyOf":[]}""", "#", "anyOf")]
    [InlineData("""{"minLength":-1}""", "#", "minLength")]
    [InlineData("""{"minItems":1.5}""", "#", "minItems")]
    [InlineData("""{"minimum":"1"}""", "#", "minimum")]
    [InlineData("""{"type":"number","minimum":1e300}""", "#", "minimum")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "#", "$ref")]
    [InlineData("""{"$ref":"other.json#/a"}""", "#", "$ref")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "#", "$ref")]
    [InlineData("""{"$ref":"#name"}""", "#", "$ref")]
    [InlineData("""{"pattern":"(?=a)"}""", "#", "pattern")]
    [InlineData("""{"pattern":"(a)\\1"}""", "#", "pattern")]
    [InlineData("""{"pattern":"\\bword"}""", "#", "pattern")]
    [InlineData("""{"pattern":"\\p{L}"}""", "#", "pattern")]
    [InlineData("""{"pattern":"a^b"}""", "#", "pattern")]
    [InlineData("""{"pattern":"(a"}""", "#", "pattern")]
    [InlineData("""{"pattern":"a)"}""", "#", "pattern")]
    [InlineData("""{"pattern":"[z-a]"}""", "#", "pattern")]
    [InlineData("""{"pattern":"*"}""", "#", "pattern")]
    [InlineData("""{"pattern":"a{3,2}"}""", "#", "pattern")]
    [InlineData("""{"pattern":"a{99999}"}""", "#", "pattern")]
    [InlineData("""{"pattern":"\\"}""", "#", "pattern")]
    [InlineData("""{"pattern":"a","maxLength":3}""", "#", "maxLength")]
    [InlineData("""{"pattern":"a","format":"date"}""", "#", "format")]
    [InlineData("""{"allOf":[{"pattern":"a"},{"pattern":"b"}]}""", "#/allOf/1", "pattern")]
    [InlineData("""{"enum":[1],"minimum":0}""", "#", "enum")]
    public void What_does_not_work_is_named_with_its_place(string schema, string path, string keyword)
    {
        var problem = Assert.Single(Texts.Problems(schema), problem => problem.Keyword == keyword);

        Assert.Equal(path, problem.Path);
        Assert.True(problem.Message.Length > 10, problem.Message);
    }

    [Fact]
    public void All_problems_are_told_at_once()
        => Assert.Equal(
            ["#: 'not' does not work: say what is allowed with enum, pattern, type or anyOf", "#: 'minLength' is -1; whole numbers from 0 to 100000 work"],
            Texts.Problems("""{"not":{},"minLength":-1}""").Select(problem => problem.ToString()));

    [Theory]
    [InlineData("false", "#")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":3}""", "#")]
    [InlineData("""{"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":2}""", "#")]
    [InlineData("""{"type":"string","minLength":5,"maxLength":3}""", "#")]
    [InlineData("""{"type":"array","minItems":5,"maxItems":3}""", "#")]
    [InlineData("""{"type":"array","prefixItems":[{}],"items":false,"minItems":2}""", "#")]
    [InlineData("""{"type":"array","items":{"type":"object","required":["a"],"additionalProperties":false}}""", "#/items")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "#")]
    [InlineData("""{"type":"integer","enum":["a"]}""", "#")]
    [InlineData("""{"enum":[]}""", "#")]
    [InlineData("""{"properties":{"a":false},"required":["a"]}""", "#/properties/a")]
    [InlineData("""{"properties":{"a":{"type":"integer","minimum":2,"maximum":1}},"required":["a"]}""", "#/properties/a")]
    public void A_schema_that_nothing_fits_is_refused_at_the_place_of_the_reason(string schema, string path)
        => Assert.Equal(path, Assert.Single(Texts.Problems(schema)).Path);

    [Fact]
    public void Words_that_only_describe_are_no_problem()
        => Assert.Empty(Texts.Problems(
            """{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","title":"t","description":"d","default":1,"examples":[2],"x-order":1,"readOnly":true,"deprecated":false,"$comment":"c","uniqueItems":false,"nullable":false,"minProperties":0}"""));
}
