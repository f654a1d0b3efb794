using System.Text.Json.Nodes;
using Orrery.Resources.Apply;

namespace Orrery.Resources.Tests.Apply;

public sealed class FieldsV1Tests
{
    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"f:a":{}}""")]
    [InlineData("""{"f:a":{".":{},"f:b":{}}}""")]
    [InlineData("""{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{}}},"f:set":{"v:\"a\"":{},"v:1":{}}}""")]
    [InlineData("""{"f:a.b/c~d":{},"f:list":{"i:0":{}}}""")]
    public void What_kubernetes_writes_is_read_and_written_back(string text)
        => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), FieldsV1.Write(FieldsV1.Read(JsonNode.Parse(text)!.AsObject())!)));

    [Theory]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"f:a":1}""")]
    [InlineData("""{"f:a":null}""")]
    [InlineData("""{"k:name":{}}""")]
    [InlineData("""{"k:{\"a\":[]}":{}}""")]
    [InlineData("""{"v:{":{}}""")]
    [InlineData("""{"i:-1":{}}""")]
    [InlineData("""{"":{}}""")]
    public void Anything_else_is_no_set(string text) => Assert.Null(FieldsV1.Read(JsonNode.Parse(text)!.AsObject()));

    [Fact]
    public void Keys_have_one_spelling()
    {
        var one = FieldsV1.Read(JsonNode.Parse("""{"k:{\"b\":1, \"a\":\"x\"}":{}}""")!.AsObject())!;

        Assert.Equal("k:{\"a\":\"x\",\"b\":1}", Assert.Single(one.Children).Key);
    }

    [Theory]
    [InlineData("""{"f:spec":{"f:a":{}}}""", ".spec.a")]
    [InlineData("""{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{"f:name":{}}}}""", ".ports[containerPort=80,protocol=\"TCP\"].name")]
    [InlineData("""{"f:set":{"v:\"a\"":{}}}""", ".set[=\"a\"]")]
    public void Paths_are_told_as_kubernetes_tells_them(string set, string expected)
        => Assert.Equal(expected, FieldsV1.PathText(FieldsV1.Read(JsonNode.Parse(set)!.AsObject())!.Paths().Single()));

    [Fact]
    public void Sets_are_joined_and_taken_apart_by_member()
    {
        var a = Read("""{"f:x":{".":{},"f:y":{}},"f:z":{}}""");
        var b = Read("""{"f:x":{}}""");

        Assert.Equal("""{"f:x":{"f:y":{}},"f:z":{}}""", FieldsV1.Write(a.Except(b)).ToJsonString());
        Assert.Equal("""{"f:z":{}}""", FieldsV1.Write(a.Without(b)).ToJsonString());
        Assert.Equal("""{"f:x":{}}""", FieldsV1.Write(a.Intersect(b)).ToJsonString());
        Assert.True(a.Except(b).Union(b).SameAs(a));
        Assert.True(a.Intersect(Read("""{"f:q":{}}""")).IsEmpty);
    }

    private static FieldSet Read(string text) => FieldsV1.Read(JsonNode.Parse(text)!.AsObject())!;
}
