using System.Text.Json.Nodes;
using Orrery.Resources.Schema;
using Orrery.Resources.Store;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Tests.Examples;

/// <summary>Every kind takes OME's manifests and refuses what is wrong, by the field's path.</summary>
public sealed class KindTests
{
    public static TheoryData<string> Names => [.. GoodExamples.Kinds.Select(k => k.Name)];

    public static TheoryData<string, string, string, KnownBy> Bad => BadExamples.All;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_manifest_in_the_shape_of_ome_is_taken_without_a_warning_and_keeps_every_field(string kind)
    {
        var json = GoodExamples.Of(BadExamples.Kind(kind));
        await using var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System);
        await store.EnsureNamespaceAsync("default", Ct);

        Assert.Empty(UnknownFields.In(json, BadExamples.Kind(kind)));
        var stored = (await store.CreateAsync(Document.From(json), Ct)).Stored().ToJson();

        var defaulted = json.DeepClone().AsObject();
        BadExamples.Kind(kind).Defaults(defaulted);
        Assert.True(JsonNode.DeepEquals(defaulted["spec"], stored["spec"]), stored.ToJsonString());
        AssertHolds(json["spec"]!, stored["spec"]!);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_mistake_is_named_by_its_path_and_nothing_else_is(string kind, string patch, string path, KnownBy by)
    {
        var problems = GoodExamples.Problems(GoodExamples.With(BadExamples.Kind(kind), patch));

        Assert.True(problems.All(p => p.StartsWith(path, StringComparison.Ordinal)) && problems.Any(p => p.StartsWith(path + ":", StringComparison.Ordinal)),
            $"{by}: expected {path}, got: {string.Join(" | ", problems)}");
    }

    [Fact]
    public void Every_rule_between_fields_is_broken_by_an_example()
    {
        var said = BadExamples.All.Where(row => row.Data.Item4 == KnownBy.Cel)
            .SelectMany(row => GoodExamples.Problems(GoodExamples.With(BadExamples.Kind(row.Data.Item1), row.Data.Item2))).ToList();

        Assert.DoesNotContain(SchemaRules.All, rule => !said.Any(p => p.EndsWith(rule.Message, StringComparison.Ordinal)));
    }

    private static void AssertHolds(JsonNode wanted, JsonNode stored)
    {
        if (wanted is JsonObject json)
        {
            foreach (var (name, value) in json)
                AssertHolds(value!, stored[name]!);
        }
        else if (wanted is not JsonArray)
        {
            Assert.True(JsonNode.DeepEquals(wanted, stored), $"{wanted} became {stored}");
        }
    }
}
