using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Resources.Tests.Demand;

public sealed class DemandMeterTests : DemandFeedContract
{
    private static readonly ResourceKey Gone = InferenceService.Kind.Key("default", "gone");

    private readonly DemandMeter _meter = new(TimeProvider.System);

    protected override IDemandFeed Feed => _meter;

    protected override DemandClaim Enter(ResourceKey service) => _meter.Enter(service);

    [Fact]
    public void What_is_forgotten_reads_as_nothing_and_counts_from_the_beginning()
    {
        Enter(Gone).Dispose();
        _meter.Answered(new WorkloadKey("default", "gone-canary"), failed: true);
        _meter.Answered(new WorkloadKey("default", "gone"), failed: true);

        _meter.Forget(Gone);
        _meter.Forget(Gone);

        Assert.Equal(ServiceDemand.None, _meter.Read(Gone));
        Assert.Equal(AnswerCounts.None, _meter.Answers(new WorkloadKey("default", "gone-canary")));
        Assert.Equal(new AnswerCounts(1, 1), _meter.Answers(new WorkloadKey("default", "gone")));
        using var claim = Enter(Gone);
        Assert.Equal((1, 1), (_meter.Read(Gone).Arrived, _meter.Read(Gone).Waiting));
    }

    [Fact]
    public void A_service_with_requests_is_not_forgotten()
    {
        using var waiting = Enter(Gone);
        _meter.Answered(new WorkloadKey("default", "gone-engine"), failed: false);
        _meter.Forget(Gone);
        waiting.Start();
        _meter.Forget(Gone);

        Assert.Equal(1, _meter.Read(Gone).InFlight);
        Assert.Equal(1, _meter.Answers(new WorkloadKey("default", "gone-engine")).All);
        waiting.Dispose();
        _meter.Forget(Gone);
        Assert.Equal(ServiceDemand.None, _meter.Read(Gone));
    }

    [Fact]
    public async Task Requests_that_race_with_forgetting_are_all_counted_while_they_last()
    {
        using var done = new CancellationTokenSource();
        var forgetting = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                    _meter.Forget(Gone);
            },
            Ct);
        for (int i = 0; i < 50_000; i++)
        {
            using var claim = Enter(Gone);
            Assert.Equal(1, _meter.Read(Gone).Waiting);
        }
        await done.CancelAsync();
        await forgetting;
    }
}
