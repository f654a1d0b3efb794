using Orrery.Resources.Demand;

namespace Orrery.Resources.Tests.Demand;

public sealed class DemandMeterTests : DemandFeedContract
{
    private readonly DemandMeter _meter = new(TimeProvider.System);

    protected override IDemandFeed Feed => _meter;

    protected override DemandClaim Enter(ResourceKey service) => _meter.Enter(service);
}
