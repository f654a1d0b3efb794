using System.Text.Json.Nodes;
using Orrery.Resources.Patches;
using Orrery.Resources.Tests.Apply;

namespace Orrery.Resources.Tests.Patches;

public sealed class StrategicMergePatchTests
{
    [Theory]
    [InlineData("objects merge, null removes", """{"name":"n","map":{"a":"1","b":"2"}}""", """{"map":{"a":null,"c":"3"}}""", """{"name":"n","map":{"b":"2","c":"3"}}""")]
    [InlineData("an atomic list is replaced", """{"atomic":["a"]}""", """{"atomic":["b"]}""", """{"atomic":["b"]}""")]
    [InlineData("a set gains values", """{"set":["a","b"]}""", """{"set":["b","c"]}""", """{"set":["a","b","c"]}""")]
    [InlineData("a set loses values", """{"set":["a","b"]}""", """{"$deleteFromPrimitiveList/set":["a","x"]}""", """{"set":["b"]}""")]
    [InlineData("a set is put in order", """{"set":["a","b","c"]}""", """{"$setElementOrder/set":["c","d","a"],"set":["d"]}""", """{"set":["b","c","d","a"]}""")]
    [InlineData("items merge by key", """{"keyed":[{"name":"x","a":"1","b":"2"}]}""", """{"keyed":[{"name":"x","a":"3"},{"name":"y"}]}""", """{"keyed":[{"name":"x","a":"3","b":"2"},{"name":"y"}]}""")]
    [InlineData("items merge by the first of several keys", """{"ports":[{"port":1,"protocol":"TCP"}]}""", """{"ports":[{"port":1,"protocol":"UDP"}]}""", """{"ports":[{"port":1,"protocol":"UDP"}]}""")]
    [InlineData("an item is deleted", """{"keyed":[{"name":"x"},{"name":"y"}]}""", """{"keyed":[{"$patch":"delete","name":"x"},{"$patch":"delete","name":"z"}]}""", """{"keyed":[{"name":"y"}]}""")]
    [InlineData("an item is replaced", """{"keyed":[{"name":"x","a":"1"}]}""", """{"keyed":[{"$patch":"replace","name":"x","b":"2"}]}""", """{"keyed":[{"name":"x","b":"2"}]}""")]
    [InlineData("a keyed list is replaced", """{"keyed":[{"name":"x"}]}""", """{"keyed":[{"$patch":"replace"},{"name":"y"}]}""", """{"keyed":[{"name":"y"}]}""")]
    [InlineData("items are put in order", """{"keyed":[{"name":"x"},{"name":"y"}]}""", """{"$setElementOrder/keyed":[{"name":"z"},{"name":"y"},{"name":"x"}],"keyed":[{"name":"z"}]}""", """{"keyed":[{"name":"z"},{"name":"y"},{"name":"x"}]}""")]
    [InlineData("an object is replaced", """{"inner":{"a":"1","b":"2"}}""", """{"inner":{"$patch":"replace","a":"3"}}""", """{"inner":{"a":"3"}}""")]
    [InlineData("an object is deleted", """{"inner":{"a":"1"},"name":"n"}""", """{"inner":{"$patch":"delete"}}""", """{"name":"n"}""")]
    [InlineData("only some keys are retained", """{"inner":{"a":"1","b":"2"}}""", """{"inner":{"$retainKeys":["a","port"],"port":1}}""", """{"inner":{"a":"1","port":1}}""")]
    [InlineData("directives do not stay in what is new", """{}""", """{"inner":{"$patch":"merge","a":"1","b":null}}""", """{"inner":{"a":"1"}}""")]
    [InlineData("lists that nobody knows are replaced", """{"any":{"l":[1]}}""", """{"any":{"l":[2]}}""", """{"any":{"l":[2]}}""")]
    [InlineData("an unknown directive", """{}""", """{"inner":{"$patch":"twist"}}""", null)]
    [InlineData("an item without its key", """{}""", """{"keyed":[{"a":"1"}]}""", null)]
    [InlineData("an item that is no object", """{}""", """{"keyed":["x"]}""", null)]
    [InlineData("an order that is no list", """{"set":["a"]}""", """{"$setElementOrder/set":"a"}""", null)]
    public void Merges(string because, string before, string patch, string? expected)
    {
        var json = Typed.Json(before);

        var result = new StrategicMergePatch(Typed.Json(patch), Typed.Type).Apply(json);

        if (expected is null)
            Assert.True(result is PatchResult.Malformed, $"{because}: {result}");
        else
            Assert.True(result is PatchResult.Patched { Json: var after } && JsonNode.DeepEquals(JsonNode.Parse(expected), after), $"{because}: {(result as PatchResult.Patched)?.Json.ToJsonString() ?? result.ToString()}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), json), $"{because}: the object itself changed");
    }
}
