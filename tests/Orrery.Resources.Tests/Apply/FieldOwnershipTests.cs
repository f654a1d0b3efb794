using System.Text.Json.Nodes;
using Orrery.Resources.Apply;

namespace Orrery.Resources.Tests.Apply;

/// <summary>Who owns what, played in turns: <c>alice! {…}</c> applies with force, <c>bob {…}</c> applies, <c>eve= {…}</c> updates the whole object.</summary>
public sealed class FieldOwnershipTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData("items of a keyed list have owners", """
        alice {"keyed":[{"name":"x","a":"1"}]}
        bob {"keyed":[{"name":"y","a":"2"}]}
        """, """{"keyed":[{"name":"x","a":"1"},{"name":"y","a":"2"}]}""", """
        alice {"f:keyed":{"k:{\"name\":\"x\"}":{".":{},"f:a":{},"f:name":{}}}}
        bob {"f:keyed":{"k:{\"name\":\"y\"}":{".":{},"f:a":{},"f:name":{}}}}
        """)]
    [InlineData("an item goes with its last owner, and fields of others stay", """
        alice {"keyed":[{"name":"x","a":"1"},{"name":"y","a":"1"}]}
        bob {"keyed":[{"name":"y","b":"2"}]}
        alice {}
        """, """{"keyed":[{"name":"y","b":"2"}]}""", """
        bob {"f:keyed":{"k:{\"name\":\"y\"}":{".":{},"f:b":{},"f:name":{}}}}
        """)]
    [InlineData("several keys tell items apart", """
        alice {"ports":[{"port":80,"protocol":"TCP"},{"port":80,"protocol":"UDP","a":"1"}]}
        alice {"ports":[{"port":80,"protocol":"TCP"}]}
        """, """{"ports":[{"port":80,"protocol":"TCP"}]}""", """
        alice {"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{},"f:protocol":{}}}}
        """)]
    [InlineData("values of a set have owners", """
        alice {"set":["a","b"]}
        bob {"set":["b","c"]}
        alice {"set":["a2"]}
        """, """{"set":["b","c","a2"]}""", """
        alice {"f:set":{"v:\"a2\"":{}}}
        bob {"f:set":{"v:\"b\"":{},"v:\"c\"":{}}}
        """)]
    [InlineData("an atomic list has one owner", """
        alice {"atomic":["a"]}
        bob {"atomic":["b"]}
        """, "alice", "")]
    [InlineData("an atomic map has one owner", """
        alice {"whole":{"a":"1"}}
        bob {"whole":{"b":"1"}}
        """, "alice", "")]
    [InlineData("what is the same is shared", """
        alice {"name":"n","map":{"a":"1"}}
        bob {"name":"n"}
        alice {"map":{"a":"1"}}
        """, """{"name":"n","map":{"a":"1"}}""", """
        alice {"f:map":{"f:a":{}}}
        bob {"f:name":{}}
        """)]
    [InlineData("a shared field cannot be changed by one of its owners", """
        alice {"name":"n"}
        bob {"name":"n"}
        alice {"name":"m"}
        """, "bob", "")]
    [InlineData("force takes from all", """
        alice {"name":"n"}
        bob {"name":"n","map":{"a":"1"}}
        carol! {"name":"m"}
        """, """{"name":"m","map":{"a":"1"}}""", """
        bob {"f:map":{"f:a":{}}}
        carol {"f:name":{}}
        """)]
    [InlineData("an update takes what it changes, and appliers do not prune it", """
        alice {"name":"n","map":{"a":"1"}}
        eve= {"name":"n","map":{"a":"2","b":"3"}}
        alice {"name":"n"}
        """, """{"name":"n","map":{"a":"2","b":"3"}}""", """
        alice {"f:name":{}}
        eve {"f:map":{"f:a":{},"f:b":{}}}
        """)]
    [InlineData("what an update removes is nobody's", """
        alice {"name":"n","inner":{"a":"1","b":"2"}}
        eve= {"name":"n","inner":{"b":"2"}}
        """, """{"name":"n","inner":{"b":"2"}}""", """
        alice {"f:inner":{"f:b":{}},"f:name":{}}
        """)]
    [InlineData("a struct goes with its last field", """
        alice {"inner":{"a":"1"},"name":"n"}
        alice {"name":"n"}
        """, """{"name":"n"}""", """
        alice {"f:name":{}}
        """)]
    [InlineData("an empty struct is owned itself", """
        alice {"inner":{}}
        """, """{"inner":{}}""", """
        alice {"f:inner":{}}
        """)]
    [InlineData("unknown fields merge as objects, lists in them are whole", """
        alice {"any":{"x":{"y":1},"l":[1]},"unheard":{"of":true}}
        bob {"any":{"x":{"z":2}}}
        """, """{"any":{"x":{"y":1,"z":2},"l":[1]},"unheard":{"of":true}}""", """
        alice {"f:any":{"f:l":{},"f:x":{".":{},"f:y":{}}},"f:unheard":{".":{},"f:of":{}}}
        bob {"f:any":{"f:x":{".":{},"f:z":{}}}}
        """)]
    [InlineData("a leaf that becomes an object is a conflict", """
        alice {"any":"text"}
        bob {"any":{"a":1}}
        """, "alice", "")]
    public void Turns(string because, string turns, string expected, string owners)
    {
        var (json, managed) = (new JsonObject(), ManagedFields.None);
        string? conflict = null;
        foreach (string turn in turns.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            (json, managed, conflict) = Play(json, managed, turn);

        if (expected[0] != '{')
        {
            Assert.True(conflict == expected, $"{because}: expected a conflict with {expected}, got {conflict ?? json.ToJsonString()}");
            return;
        }
        Assert.True(conflict is null, $"{because}: conflict with {conflict}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), json), $"{because}: {json.ToJsonString()}");
        string told = string.Concat(managed.Entries.OrderBy(e => e.Id.Manager, StringComparer.Ordinal).Select(e => $"{e.Id.Manager} {FieldsV1.Write(e.Fields).ToJsonString().Replace("\\u0022", "\\\"", StringComparison.Ordinal)}\n"));
        Assert.True(owners.TrimEnd('\n') == told.TrimEnd('\n'), $"{because}: {told}");
    }

    [Fact]
    public void Of_many_updaters_the_oldest_share_an_entry()
    {
        var (json, managed) = (new JsonObject(), ManagedFields.None);
        for (int i = 0; i < 14; i++)
        {
            var next = json.DeepClone().AsObject();
            next[$"field{i}"] = i;
            managed = FieldOwnership.Updated(json, next, Typed.Type, managed, new ManagerId($"m{i:00}", ManagerId.Update, "v1"), Now.AddSeconds(i));
            json = next;
        }

        Assert.Equal(
            [ManagedFields.AncientChanges, "m05", "m06", "m07", "m08", "m09", "m10", "m11", "m12", "m13"],
            managed.Entries.OrderBy(e => e.Time).Select(e => e.Id.Manager));
        Assert.Equal(14, managed.All().Paths().Count());
    }

    [Theory]
    [InlineData("""{"keyed":[{"a":"1"}]}""", "keyed")]
    [InlineData("""{"keyed":[{"name":"x"},{"name":"x"}]}""", "keyed")]
    [InlineData("""{"set":["a","a"]}""", "set")]
    [InlineData("""{"set":[{}]}""", "set")]
    public void Items_that_cannot_be_told_apart_are_named(string config, string field)
        => Assert.StartsWith(field + ": ", Assert.Single(FieldParts.Problems(Typed.Json(config), Typed.Type)), StringComparison.Ordinal);

    private static (JsonObject Json, ManagedFields Managed, string? Conflict) Play(JsonObject live, ManagedFields managed, string turn)
    {
        string manager = turn.Split(' ')[0].TrimEnd('!', '=', '\r');
        string mark = turn.Split(' ')[0][manager.Length..];
        var config = Typed.Json(turn[turn.IndexOf('{', StringComparison.Ordinal)..]);
        if (mark == "=")
            return (config, FieldOwnership.Updated(live, config, Typed.Type, managed, new ManagerId(manager, ManagerId.Update, "v1"), Now), null);
        return FieldOwnership.Apply(live, config, Typed.Type, managed, new ManagerId(manager, ManagerId.Apply, "v1"), mark == "!", Now) switch
        {
            ApplyDecision.Applied applied => (applied.Json, applied.Owners, null),
            ApplyDecision.Conflicting conflicting => (live, managed, conflicting.Fields[0].Owner.Manager),
            _ => throw new InvalidOperationException(),
        };
    }
}
