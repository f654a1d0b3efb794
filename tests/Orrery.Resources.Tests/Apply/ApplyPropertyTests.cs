using System.Text.Json.Nodes;
using Orrery.Resources.Apply;

namespace Orrery.Resources.Tests.Apply;

/// <summary>What holds for every configuration: a thousand random ones each, from a fixed seed.</summary>
public sealed class ApplyPropertyTests
{
    private const int Rounds = 1000;

    private static readonly string[] Names = ["x", "y", "z"];

    [Fact]
    public void Applying_twice_is_applying_once()
    {
        var random = new Random(1);
        for (int i = 0; i < Rounds; i++)
        {
            var (live, managed) = Played(random, turns: 3);
            var config = Config(random, Names);
            var once = Apply(live, managed, "alice", config);

            var twice = Apply(once.Json, once.Owners, "alice", config);

            Assert.True(JsonNode.DeepEquals(once.Json, twice.Json), $"{i}: {once.Json} then {twice.Json}");
            Assert.True(once.Owners.SameAs(twice.Owners), $"{i}");
        }
    }

    [Fact]
    public void Managers_of_different_fields_may_come_in_any_order()
    {
        var random = new Random(2);
        for (int i = 0; i < Rounds; i++)
        {
            var (alice, bob) = (Config(random, ["x", "y"], "a"), Config(random, ["z"], "b"));

            var first = Turn(Turn(([], ManagedFields.None), "alice", alice), "bob", bob);
            var second = Turn(Turn(([], ManagedFields.None), "bob", bob), "alice", alice);

            Assert.True(Same(first.Json, second.Json), $"{i}: {first.Json} or {second.Json}");
            Assert.True(first.Owners.SameAs(second.Owners), $"{i}");
        }
    }

    [Fact]
    public void Owners_never_own_what_is_not_there()
    {
        var random = new Random(3);
        for (int i = 0; i < Rounds; i++)
        {
            var (json, managed) = Played(random, turns: 6);

            var absent = managed.All().Except(FieldTree.All(json, Typed.Type, 0));

            Assert.True(absent.IsEmpty, $"{i}: {FieldsV1.Write(absent)} of {json}");
        }
    }

    [Fact]
    public void Whoever_applies_nothing_any_more_leaves_nothing_but_what_others_wrote()
    {
        var random = new Random(4);
        for (int i = 0; i < Rounds; i++)
        {
            var (alice, bob) = (Config(random, Names, "a"), Config(random, Names, "b"));
            var both = Turn(Turn(([], ManagedFields.None), "bob", bob), "alice", alice);

            // Alice took by force what both have otherwise, and it goes with her.
            var left = Turn(both, "alice", []);
            var again = Turn(left, "bob", bob);

            Assert.Null(left.Owners.Entries.Find(e => e.Id.Manager == "alice"));
            Assert.True(Same(bob, again.Json), $"{i}: {bob} became {again.Json}");
        }
    }

    private static (JsonObject Json, ManagedFields Owners) Played(Random random, int turns)
    {
        (JsonObject Json, ManagedFields Owners) state = ([], ManagedFields.None);
        for (int i = 0; i < turns; i++)
        {
            string manager = new[] { "alice", "bob", "eve" }[random.Next(3)];
            var config = Config(random, Names);
            if (manager == "eve")
            {
                // An update may find nobody tracked only while the object is new.
                state = (config, FieldOwnership.Updated(state.Json, config, Typed.Type, state.Owners, new ManagerId(manager, ManagerId.Update, "v1"), default));
            }
            else
            {
                state = Turn(state, manager, config);
            }
        }
        return state;
    }

    private static (JsonObject Json, ManagedFields Owners) Turn((JsonObject Json, ManagedFields Owners) state, string manager, JsonObject config)
    {
        var applied = Apply(state.Json, state.Owners, manager, config);
        return (applied.Json, applied.Owners);
    }

    private static ApplyDecision.Applied Apply(JsonObject live, ManagedFields managed, string manager, JsonObject config)
        => Assert.IsType<ApplyDecision.Applied>(
            FieldOwnership.Apply(live, config, Typed.Type, managed, new ManagerId(manager, ManagerId.Apply, "v1"), force: true, default));

    /// <param name="names">Of entries and items.</param>
    /// <param name="only">The only field of structs and items beside the key; null: any.</param>
    private static JsonObject Config(Random random, string[] names, string? only = null)
    {
        var config = new JsonObject();
        string Field() => only ?? (random.Next(2) == 0 ? "a" : "b");
        string Value() => only is null ? $"{random.Next(3)}" : "same";
        if (only is null && random.Next(3) == 0)
            config["atomic"] = new JsonArray(Value());
        if (random.Next(2) == 0)
            config["inner"] = new JsonObject { [Field()] = Value() };
        if (random.Next(2) == 0)
            config["map"] = new JsonObject(Some(random, names).Select(n => KeyValuePair.Create<string, JsonNode?>(n, Value())));
        if (random.Next(2) == 0)
            config["set"] = new JsonArray([.. Some(random, names).Select(n => JsonValue.Create(n))]);
        if (random.Next(2) == 0)
            config["keyed"] = new JsonArray([.. Some(random, names).Select(n => new JsonObject { ["name"] = n, [Field()] = Value() })]);
        if (random.Next(3) == 0)
            config["any"] = new JsonObject(Some(random, names).Select(n => KeyValuePair.Create<string, JsonNode?>(n, new JsonObject { [Field()] = Value() })));
        return config;
    }

    private static string[] Some(Random random, string[] names)
    {
        var chosen = names.Where(_ => random.Next(2) == 0).ToArray();
        return chosen.Length > 0 ? chosen : [names[0]];
    }

    /// <summary>Equal but for the order of lists.</summary>
    private static bool Same(JsonNode? a, JsonNode? b) => JsonNode.DeepEquals(Sorted(a), Sorted(b));

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonArray list => new JsonArray([.. list.Select(Sorted).OrderBy(i => i?.ToJsonString(), StringComparer.Ordinal)]),
        JsonObject json => new JsonObject(json.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value)))),
        _ => node?.DeepClone(),
    };
}
