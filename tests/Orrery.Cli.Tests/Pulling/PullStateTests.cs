using System.Text.Json.Nodes;
using Orrery.Cli.Pulling;

namespace Orrery.Cli.Tests.Pulling;

public sealed class PullStateTests
{
    private static readonly DateTimeOffset Asked = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static PullState Of(string status, long generation = 2, int secondsLater = 1)
        => PullState.Of(new JsonObject { ["metadata"] = new JsonObject { ["generation"] = generation }, ["status"] = JsonNode.Parse(status) }, Asked, Asked.AddSeconds(secondsLater));

    [Fact]
    public void A_status_of_an_earlier_spec_says_nothing()
        => Assert.IsType<PullState.OnItsWay>(Of("""{"state":"Ready","observedGeneration":1}"""));

    [Fact]
    public void Ready_is_ready() => Assert.IsType<PullState.Ready>(Of("""{"state":"Ready","observedGeneration":2}"""));

    [Theory]
    [InlineData("2026-01-31T11:00:00Z", 1, false)]
    [InlineData("2026-01-31T11:00:00Z", 6, true)]
    [InlineData("2026-01-31T12:00:00Z", 1, true)]
    public void An_earlier_failure_counts_only_when_nothing_came_of_asking_again(string since, int secondsLater, bool failed)
    {
        var state = Of($$"""{"state":"Failed","observedGeneration":2,"conditions":[{"type":"Ready","status":"False","reason":"X","message":"no","lastTransitionTime":"{{since}}"}]}""", secondsLater: secondsLater);

        Assert.Equal(failed, state is PullState.Failed { Message: "no" });
    }

    [Fact]
    public void A_line_changes_with_each_tenth()
    {
        var way = Assert.IsType<PullState.OnItsWay>(Of(
            """{"state":"In_Transit","observedGeneration":2,"download":{"totalBytes":2048,"completedBytes":900,"totalFiles":2,"completedFiles":0,"bytesPerSecond":0},"conditions":[{"type":"Arrived","status":"Unknown","reason":"Downloading","message":""}]}"""));

        Assert.Equal("Downloading: 40 % of 2.0 KiB", PullState.Line(way));
    }
}
