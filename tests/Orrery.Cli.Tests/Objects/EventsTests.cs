using System.Text.Json.Nodes;
using Orrery.Cli.Objects;

namespace Orrery.Cli.Tests.Objects;

public sealed class EventsTests
{
    [Fact]
    public void Events_of_one_second_stand_in_the_order_they_were_written()
    {
        JsonObject[] events = [Event("ready", "10:00:01", "10"), Event("starting", "10:00:01", "9"), Event("chosen", "10:00:00", "11")];

        Assert.Equal(["chosen", "starting", "ready"], events.OrderBy(e => Events.Place(e)).Select(e => (string?)e["reason"]));
    }

    [Fact]
    public void A_version_that_is_no_number_leaves_the_order_to_the_time()
    {
        JsonObject[] events = [Event("b", "10:00:01", "x2"), Event("a", "10:00:00", "x3")];

        Assert.Equal(["a", "b"], events.OrderBy(e => Events.Place(e)).Select(e => (string?)e["reason"]));
    }

    private static JsonObject Event(string reason, string time, string version) => new()
    {
        ["reason"] = reason,
        ["lastTimestamp"] = $"2026-01-01T{time}Z",
        ["metadata"] = new JsonObject { ["resourceVersion"] = version },
    };
}
