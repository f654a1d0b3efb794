using System.Text.Json.Nodes;

namespace Orrery.Api.Tests.Ring;

/// <summary>What the ring takes for a difference, without a server.</summary>
public sealed class ComparisonTests
{
    private static readonly Answer Made = Object("11111111-1111-1111-1111-111111111111", "7");

    [Fact]
    public void Objects_that_differ_in_what_no_two_servers_share_are_the_same()
        => Assert.Empty(Difference.Between("s/a", new CommonForm().Of(Made), new CommonForm().Of(Object("22222222-2222-2222-2222-222222222222", "90"))));

    [Fact]
    public void A_version_that_changes_at_one_server_only_is_a_difference()
    {
        CommonForm ours = new(), theirs = new();
        Assert.Empty(Difference.Between("s/a", ours.Of(Made), theirs.Of(Made)));

        var second = Assert.Single(Difference.Between("s/b", ours.Of(Made), theirs.Of(Object("11111111-1111-1111-1111-111111111111", "8"))));

        Assert.Equal("body.metadata.resourceVersion", second.Path);
    }

    [Fact]
    public void Answers_of_another_sort_are_one_difference()
    {
        var refused = new Answer(422, "application/json", JsonNode.Parse("""{"kind":"Status","reason":"Invalid","code":422}"""));

        var only = Assert.Single(Difference.Between("s/a", Made, refused));

        Assert.Equal("- `s/a` `answer`: `201 Secret`, there `422 Status Invalid`", only.ToString());
    }

    [Fact]
    public void A_difference_is_named_by_its_own_line_and_by_one_with_stars_only()
    {
        var difference = new Difference("s/a", "body.x", "1", "nothing");
        var named = NamedDifferences.Parse("# Why\n\n- `s/*` `body.*`: `*`, there `nothing`\n- `s/a` `body.x`: `2`, there `nothing`\n");

        Assert.Empty(named.Unnamed([difference]));
        Assert.Equal([difference with { Theirs = "0" }], named.Unnamed([difference with { Theirs = "0" }]));
        Assert.Equal("- `s/a` `body.x`: `2`, there `nothing`", Assert.Single(named.Gone([difference])));
        Assert.Equal(difference.ToString(), Assert.Single(NamedDifferences.Parse(difference.ToString()).Lines).Text);
    }

    [Fact]
    public void A_step_has_a_method_a_path_headers_and_a_body()
    {
        var step = Assert.Single(Scenario.Parse("s", "# About.\n### first one\nPOST /a/{{an earlier step.b}}?c=d\nContent-Type: text/plain\n\nhello\nthere\n").Asks);

        Assert.Equal(("first one", "POST", "/a/{{an earlier step.b}}?c=d", "hello\nthere"), (step.Step, step.Method, step.Path, step.Body));
        Assert.Equal([("Content-Type", "text/plain")], step.Headers);
    }

    private static Answer Object(string uid, string version) => new(201, "application/json", JsonNode.Parse(
        $$$"""{"kind":"Secret","metadata":{"name":"a","uid":"{{{uid}}}","resourceVersion":"{{{version}}}","creationTimestamp":"2026-01-0{{{version[0]}}}T00:00:00Z"}}"""));
}
