using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Explaining;

namespace Orrery.Cli.Tests.Explaining;

public sealed class SchemaTextTests
{
    private static readonly SchemaText Schemas = new(JsonNode.Parse("""
        {"components":{"schemas":{
          "dev.A":{"description":"A thing.","type":"object","required":["spec"],"x-kubernetes-group-version-kind":[{"group":"g","version":"v1","kind":"A"}],
            "properties":{"spec":{"description":"What is asked for.","allOf":[{"$ref":"#/components/schemas/dev.Spec"}],"default":{}},"kind":{"type":"string"}}},
          "dev.Spec":{"description":"The spec.","type":"object","properties":{
             "env":{"type":"array","items":{"$ref":"#/components/schemas/dev.Env"}},"sizes":{"type":"object","additionalProperties":{"type":"integer","format":"int32"}},
             "port":{"x-kubernetes-int-or-string":true},"again":{"$ref":"#/components/schemas/dev.Spec"}}},
          "dev.Env":{"type":"object","properties":{"name":{"type":"string","enum":["x","y"],"description":"One of two."}}}}}}
        """)!.AsObject());

    private static string Explain(string path, bool recursive = false)
        => Schemas.Describe(Schemas.Field(Schemas.Find("g", "v1", "A")!, "a", path.Length == 0 ? [] : path.Split('.')), recursive);

    [Theory]
    [InlineData("", "TYPE: object\nDESCRIPTION:\n  A thing.\nFIELDS:\n  kind  <string>\n  spec  <Spec> (required)\n    What is asked for.\n")]
    [InlineData("spec", "TYPE: Spec\nDESCRIPTION:\n  The spec.\nFIELDS:\n  again  <Spec>\n    The spec.\n  env  <[]Env>\n  port  <integer or string>\n  sizes  <map[string]integer (int32)>\n")]
    [InlineData("spec.env", "TYPE: []Env\nFIELDS:\n  name  <string>\n    One of two.\n")]
    [InlineData("spec.env.name", "TYPE: string\nONE OF: x, y\nDESCRIPTION:\n  One of two.\n")]
    public void A_field_is_told_with_the_fields_below_it(string path, string expected)
        => Assert.Equal(expected, Explain(path));

    [Fact]
    public void A_schema_that_holds_itself_ends()
        => Assert.Contains("again", Explain("", recursive: true));

    [Fact]
    public void A_field_that_is_none_is_told_with_those_that_are()
        => Assert.Equal("a.spec has no field 'x'. It has: env, sizes, port, again.", Assert.Throws<CliException>(() => Explain("spec.x")).Message);
}
