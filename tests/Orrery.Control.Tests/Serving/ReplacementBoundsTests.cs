using System.Text.Json;
using Orrery.Control.Serving.Components;

namespace Orrery.Control.Tests.Serving;

public sealed class ReplacementBoundsTests
{
    [Theory]
    [InlineData("""{"maxSurge": 2147483647}""", 1000, 0)]
    [InlineData("""{"maxSurge": 0, "maxUnavailable": 2147483647}""", 0, 1000)]
    [InlineData("""{"maxSurge": "1000%"}""", 40, 0)]
    [InlineData("""{"maxSurge": "25%", "maxUnavailable": "25%"}""", 1, 1)]
    [InlineData("""{"maxSurge": "0%", "maxUnavailable": "1%"}""", 0, 1)]
    public void Bounds_stay_numbers_that_can_be_added_up_whatever_is_written(string rolling, int surge, int unavailable)
        => Assert.Equal(new ReplacementBounds(surge, unavailable), ReplacementBounds.Of(Strategy(rolling), 4, "f").Bounds);

    [Theory]
    [InlineData("""{"maxUnavailable": 0}""", true)]
    [InlineData("""{"maxUnavailable": "0%"}""", true)]
    [InlineData("""{"maxUnavailable": 1}""", false)]
    [InlineData("""{"maxUnavailable": null}""", false)]
    [InlineData("""{"maxSurge": 2}""", false)]
    public void None_may_be_missing_where_the_service_itself_says_so(string rolling, bool keepsAll) => Assert.Equal(keepsAll, ReplacementBounds.KeepsAll(Strategy(rolling)));

    [Fact]
    public void Without_a_strategy_one_may_be_missing_where_there_is_no_room() => Assert.False(ReplacementBounds.KeepsAll(null));

    private static JsonElement Strategy(string rolling)
    {
        using var json = JsonDocument.Parse($$"""{"rollingUpdate": {{rolling}}}""");
        return json.RootElement.Clone();
    }
}
