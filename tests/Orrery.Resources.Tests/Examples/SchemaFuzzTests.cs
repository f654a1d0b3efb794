using System.Text.Json.Nodes;
using Orrery.Resources.Schema;
using Orrery.Resources.Store;

namespace Orrery.Resources.Tests.Examples;

/// <summary>Objects made from each kind's own schema: what it allows is stored as it was sent, and whatever is broken never breaks the store.</summary>
public sealed class SchemaFuzzTests
{
    private const int Objects = 100;
    private const int Mutants = 200;

    // What the records say beyond their schema and its rules.
    private static readonly string[] Beyond = ["is no node of this graph", "leads back to itself", "could not be reached", "must name a program", "is no time zone that this machine knows"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(KindTests.Names), MemberType = typeof(KindTests))]
    public async Task What_the_schema_allows_is_stored_as_it_was_sent(string name)
    {
        var kind = BadExamples.Kind(name);
        await using var store = await StoreAsync();
        int stored = 0;
        for (int seed = 0; seed < Objects; seed++)
        {
            var json = new SchemaExamples(new Random(seed)).Of(kind, $"a{seed}");
            switch (await store.CreateAsync(Document.From(json), Ct))
            {
                case WriteOutcome.Done done:
                    stored++;
                    kind.Defaults(json);
                    Assert.True(JsonNode.DeepEquals(json["spec"], done.Document.ToJson()["spec"]), $"seed {seed}: {json.ToJsonString()}");
                    break;
                case WriteOutcome.Invalid invalid:
                    Assert.True(invalid.Problems.All(BetweenFields), $"seed {seed}: {string.Join(" | ", invalid.Problems)}");
                    break;
                case var other:
                    Assert.Fail($"seed {seed}: {other}");
                    break;
            }
        }
        Assert.True(stored > 0, $"{name}: no object of {Objects} was stored");
    }

    [Theory]
    [MemberData(nameof(KindTests.Names), MemberType = typeof(KindTests))]
    public async Task What_is_broken_is_refused_by_its_path_or_stored_and_nothing_else_happens(string name)
    {
        var kind = BadExamples.Kind(name);
        await using var store = await StoreAsync();
        for (int seed = 0; seed < Mutants; seed++)
        {
            var random = new Random(seed);
            var json = seed % 2 == 0 ? GoodExamples.Of(kind) : new SchemaExamples(random).Of(kind, "a");
            for (int i = random.Next(1, 4); i > 0; i--)
                Mutate(json, random);
            json["metadata"] = new JsonObject { ["name"] = $"a{seed}", ["namespace"] = "default" };

            IReadOnlyList<string> problems;
            try
            {
                problems = await store.CreateAsync(Document.From(json), Ct) is WriteOutcome.Invalid invalid ? invalid.Problems : [];
            }
            catch (InvalidDocumentException e)
            {
                problems = [e.Message];
            }
            Assert.True(problems.All(StartsWithPath), $"seed {seed}: {string.Join(" | ", problems)}");
        }
    }

    private static async Task<ResourceStore> StoreAsync()
    {
        var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System);
        await store.EnsureNamespaceAsync("default", Ct);
        return store;
    }

    private static bool BetweenFields(string problem)
        => SchemaRules.All.Any(r => problem.EndsWith(r.Message, StringComparison.Ordinal)) || Beyond.Any(b => problem.Contains(b, StringComparison.Ordinal));

    private static bool StartsWithPath(string problem)
        => new[] { "spec", "status", "kind", "apiVersion", "metadata" }.Any(f => problem.StartsWith(f, StringComparison.Ordinal)) && problem.Contains(": ", StringComparison.Ordinal);

    /// <summary>Changes one place under spec.</summary>
    private static void Mutate(JsonObject json, Random random)
    {
        JsonNode at = json;
        string field = "spec";
        for (int depth = random.Next(8); depth > 0 && at[field] is { } inside && Inside(inside, random) is { } next; depth--)
        {
            if (inside is JsonArray array)
            {
                if (array.Count == 0 || array[0] is not JsonObject item || Inside(item, random) is not { } name)
                    break;
                (at, field) = (item, name);
                continue;
            }
            (at, field) = (inside, next);
        }
        at.AsObject()[field] = Wrong(random);
    }

    private static string? Inside(JsonNode node, Random random) => node switch
    {
        JsonObject { Count: > 0 } json => json.ElementAt(random.Next(json.Count)).Key,
        JsonArray => "",
        _ => null,
    };

    private static JsonNode? Wrong(Random random) => random.Next(12) switch
    {
        0 => null,
        1 => JsonValue.Create(""),
        2 => JsonValue.Create("\0 \"quoted\" \n ü"),
        3 => JsonValue.Create(long.MaxValue),
        4 => JsonValue.Create(-1),
        5 => JsonValue.Create(1.5),
        6 => JsonValue.Create(true),
        7 => new JsonArray(),
        8 => new JsonArray(null, new JsonObject(), 1, "x", new JsonArray()),
        9 => new JsonObject(),
        10 => new JsonObject { ["name"] = null, ["a b"] = 7, ["min"] = "x" },
        _ => JsonNode.Parse(new string('[', 20) + new string(']', 20)),
    };
}
