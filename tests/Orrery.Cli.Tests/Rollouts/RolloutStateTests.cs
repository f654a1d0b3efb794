using System.Text.Json.Nodes;
using Orrery.Cli.Rollouts;

namespace Orrery.Cli.Tests.Rollouts;

public sealed class RolloutStateTests
{
    [Theory]
    [InlineData("nobody looked yet", 2L, 1L, "RolledOut=True/Done", "Going")]
    [InlineData("nothing was said at all", 1L, null, "", "Going")]
    [InlineData("every replica has it", 1L, 1L, "RolledOut=True/Done", "Done")]
    [InlineData("replicas are being replaced", 1L, 1L, "RolledOut=Unknown/Replacing", "Going")]
    [InlineData("somebody paused it", 1L, 1L, "RolledOut=Unknown/Paused", "Stuck")]
    [InlineData("a canary stays one until it gets everything", 1L, 1L, "RolledOut=Unknown/Canary", "Stuck")]
    [InlineData("the canary was taken back", 1L, 1L, "RolledOut=False/SteppedBack", "Stuck")]
    [InlineData("an external service has nothing to roll out", 1L, 1L, "Ready=True/Answers", "Done")]
    [InlineData("a stage before stands in the way", 1L, 1L, "Ready=False/ModelNotFound", "Stuck")]
    [InlineData("a model is on its way", 1L, 1L, "Ready=Unknown/ModelArriving", "Going")]
    [InlineData("no condition is there yet", 1L, 1L, "", "Going")]
    [InlineData("an old report of a stage does not count beside the rollout", 1L, 1L, "Ready=False/Starting RolledOut=Unknown/Replacing", "Going")]
    public void Of_a_service(string because, long generation, long? observed, string conditions, string expected)
    {
        var service = Service(generation, observed, conditions);

        var state = RolloutState.Of(service);

        Assert.True(expected == state.GetType().Name, $"{because}: {state}");
    }

    [Fact]
    public void It_says_the_condition_s_message_after_the_name()
        => Assert.Equal("stories: why Paused", RolloutState.Of(Service(1, 1, "RolledOut=Unknown/Paused")).Text);

    private static JsonObject Service(long generation, long? observed, string conditions) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "stories", ["generation"] = generation },
        ["status"] = new JsonObject
        {
            ["observedGeneration"] = observed,
            ["conditions"] = new JsonArray([.. conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('=', '/')).Select(c => new JsonObject
            {
                ["type"] = c[0], ["status"] = c[1], ["reason"] = c[2], ["message"] = $"why {c[2]}",
            })]),
        },
    };
}
