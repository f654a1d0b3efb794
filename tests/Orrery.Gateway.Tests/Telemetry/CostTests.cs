using Orrery.Gateway.Routing;
using Orrery.Gateway.Telemetry;
using Orrery.Resources.Demand;

namespace Orrery.Gateway.Tests.Telemetry;

public sealed class CostTests
{
    [Fact]
    public void A_piece_of_a_stream_is_measured_without_allocating()
    {
        using var metrics = new GatewayMetrics(new Router(new GatewayOptions(), TimeProvider.System), new DemandMeter(TimeProvider.System));
        var exchange = new Exchange(metrics, TimeProvider.System, Operations.Chat) { Path = "/v1/chat/completions" };
        exchange.Goes("m");
        void Pass(int pieces)
        {
            for (int i = 0; i < pieces; i++)
                exchange.Passed(100, 1, isStream: true);
        }
        Pass(100_000);

        Assert.Equal(0, Allocations.Least(() => Pass(10_000)));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "chat")]
    [InlineData("/V1/Messages", "chat")]
    [InlineData("/v1/completions", "text_completion")]
    [InlineData("/v1/models", "models")]
    [InlineData("/metrics", "other")]
    [InlineData("/v1/chat/completions/", "other")]
    [InlineData(null, "other")]
    public void Operations_are_few_and_go_by_the_path(string? path, string expected) => Assert.Equal(expected, Operations.Of(path));
}
