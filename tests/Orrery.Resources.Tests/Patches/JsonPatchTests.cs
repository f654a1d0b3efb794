using System.Text.Json.Nodes;
using Orrery.Resources.Patches;

namespace Orrery.Resources.Tests.Patches;

public sealed class JsonPatchTests
{
    // Most rows follow the examples of RFC 6902, appendix A.
    [Theory]
    [InlineData("adds a member", """{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("adds an element", """{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("appends", """{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["a"]}]""", """{"foo":["bar",["a"]]}""")]
    [InlineData("adds over what is there", """{"foo":1}""", """[{"op":"add","path":"/foo","value":2}]""", """{"foo":2}""")]
    [InlineData("removes a member", """{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("removes an element", """{"foo":["a","b","c"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["a","c"]}""")]
    [InlineData("replaces", """{"baz":"qux","foo":["bar"]}""", """[{"op":"replace","path":"/foo/0","value":"boo"}]""", """{"baz":"qux","foo":["boo"]}""")]
    [InlineData("replaces by null", """{"foo":1}""", """[{"op":"replace","path":"/foo","value":null}]""", """{"foo":null}""")]
    [InlineData("replaces all", """{"foo":1}""", """[{"op":"replace","path":"","value":{"a":1}}]""", """{"a":1}""")]
    [InlineData("moves a value", """{"a":{"x":1},"b":{}}""", """[{"op":"move","from":"/a/x","path":"/b/y"}]""", """{"a":{},"b":{"y":1}}""")]
    [InlineData("moves an element", """{"foo":["a","b","c","d"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["a","c","d","b"]}""")]
    [InlineData("moves onto itself", """{"a":1}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":1}""")]
    [InlineData("copies", """{"a":{"x":[1]}}""", """[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/x/-","value":2}]""", """{"a":{"x":[1]},"b":{"x":[1,2]}}""")]
    [InlineData("tests and goes on", """{"a":"b"}""", """[{"op":"test","path":"/a","value":"b"},{"op":"add","path":"/c","value":1}]""", """{"a":"b","c":1}""")]
    [InlineData("tests numbers by value", """{"a":1}""", """[{"op":"test","path":"/a","value":1.0}]""", """{"a":1}""")]
    [InlineData("tests that nothing is there", """{"a":1}""", """[{"op":"test","path":"/b","value":null}]""", """{"a":1}""")]
    [InlineData("reads escapes", """{"a/b":1,"c~d":2}""", """[{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/c~0d","value":3}]""", """{"c~d":3}""")]
    [InlineData("ignores other members", """{}""", """[{"op":"add","path":"/a","value":1,"xyz":123}]""", """{"a":1}""")]
    [InlineData("a test that fails", """{"a":"b"}""", """[{"op":"test","path":"/a","value":"c"}]""", null)]
    [InlineData("a number is no text", """{"a":10}""", """[{"op":"test","path":"/a","value":"10"}]""", null)]
    [InlineData("no parent to add to", """{}""", """[{"op":"add","path":"/a/b","value":1}]""", null)]
    [InlineData("nothing to remove", """{}""", """[{"op":"remove","path":"/a"}]""", null)]
    [InlineData("nothing to replace", """{}""", """[{"op":"replace","path":"/a","value":1}]""", null)]
    [InlineData("nothing to copy", """{}""", """[{"op":"copy","from":"/a","path":"/b"}]""", null)]
    [InlineData("an index beyond the end", """{"a":[1]}""", """[{"op":"add","path":"/a/2","value":1}]""", null)]
    [InlineData("an index with a leading zero", """{"a":[1,2]}""", """[{"op":"remove","path":"/a/01"}]""", null)]
    [InlineData("an index that is no number", """{"a":[1,2]}""", """[{"op":"remove","path":"/a/x"}]""", null)]
    [InlineData("the place after the last, to remove", """{"a":[1]}""", """[{"op":"remove","path":"/a/-"}]""", null)]
    [InlineData("into itself", """{"a":{"b":{}}}""", """[{"op":"move","from":"/a","path":"/a/b/c"}]""", null)]
    [InlineData("all of it removed", """{"a":1}""", """[{"op":"remove","path":""}]""", null)]
    public void Steps(string because, string before, string patch, string? expected)
    {
        var json = JsonNode.Parse(before)!.AsObject();

        var result = JsonPatch.Read(JsonNode.Parse(patch)!.AsArray()).Patch!.Apply(json);

        if (expected is null)
            Assert.True(result is PatchResult.Unfit, $"{because}: {result}");
        else
            Assert.True(result is PatchResult.Patched { Json: var after } && JsonNode.DeepEquals(JsonNode.Parse(expected), after), $"{because}: {result}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), json), $"{because}: the object itself changed");
    }

    [Theory]
    [InlineData("""[1]""")]
    [InlineData("""[{}]""")]
    [InlineData("""[{"op":"add"}]""")]
    [InlineData("""[{"op":"add","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""")]
    [InlineData("""[{"op":"add","path":7,"value":1}]""")]
    [InlineData("""[{"op":"spam","path":"/a"}]""")]
    [InlineData("""[{"op":"move","path":"/a"}]""")]
    [InlineData("""[null]""")]
    public void What_is_no_patch_is_refused_before_anything(string patch)
        => Assert.True(JsonPatch.Read(JsonNode.Parse(patch)!.AsArray()) is { Patch: null, Refused: PatchResult.Malformed or PatchResult.Unfit });

    [Fact]
    public void What_operations_nested_too_deep_is_not_copied()
    {
        const int levels = 50, rounds = 25;
        var steps = new JsonArray();
        string path = "";
        for (int i = 0; i < rounds; i++)
        {
            var deep = new JsonObject();
            for (int level = 1; level < levels; level++)
                deep = new JsonObject { ["a"] = deep };
            steps.Add(new JsonObject { ["op"] = "add", ["path"] = $"{path}/a", ["value"] = deep });
            path += string.Concat(Enumerable.Repeat("/a", levels));
        }
        steps.Add(new JsonObject { ["op"] = "copy", ["from"] = "/a", ["path"] = "/b" });

        Assert.IsType<PatchResult.Unfit>(JsonPatch.Read(steps).Patch!.Apply([]));
    }

    // The examples of RFC 7386, appendix A, that start from an object.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":"foo"}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    public void Merges(string before, string patch, string expected)
    {
        var result = Assert.IsType<PatchResult.Patched>(new MergePatch(JsonNode.Parse(patch)!.AsObject()).Apply(JsonNode.Parse(before)!.AsObject()));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result.Json), result.Json.ToJsonString());
    }
}
