using Orrery.Engine.Statistics;

namespace Orrery.Engine.Tests.Statistics;

public sealed class ModelCountersTests
{
    private readonly ManualTime _time = new();
    private readonly ModelCounters _counters;

    public ModelCountersTests() => _counters = new ModelCounters(_time);

    [Fact]
    public void The_times_of_a_request_are_measured_from_its_arrival()
    {
        var meter = _counters.Arrived(promptTokens: 7);
        Pass(2);
        meter.Started();
        Pass(1);
        meter.Token();
        Pass(0.5);
        meter.Token();
        Pass(0.25);
        meter.Token();
        Pass(0.25);
        meter.Ended(RequestEnd.Stop);

        var (model, text) = Read();
        Assert.Equal((2, 1), (model.QueueTime.SumSeconds, model.QueueTime.Count));
        Assert.Equal((3, 1), (text.TimeToFirstToken.SumSeconds, text.TimeToFirstToken.Count));
        Assert.Equal((0.75, 2), (text.InterTokenLatency.SumSeconds, text.InterTokenLatency.Count));
        Assert.Equal((4, 1), (model.EndToEnd.SumSeconds, model.EndToEnd.Count));
        Assert.Equal((7, 3, 1), (model.PromptTokens, text.GeneratedTokens, model.Ended[RequestEnd.Stop]));
    }

    [Theory]
    [InlineData(0.0001, 0.0001)]
    [InlineData(0.00011, 0.00025)]
    [InlineData(0.5, 0.5)]
    [InlineData(500, 500)]
    [InlineData(501, double.PositiveInfinity)]
    public void A_time_is_in_the_first_bucket_whose_bound_it_does_not_exceed(double seconds, double bound)
    {
        var histogram = new Histogram();
        histogram.Add(TimeSpan.FromSeconds(seconds));

        var snapshot = histogram.Snapshot();

        int bucket = snapshot.Counts.ToList().IndexOf(1);
        Assert.Equal(bound, bucket < snapshot.Bounds.Count ? snapshot.Bounds[bucket] : double.PositiveInfinity);
        Assert.Equal(seconds, snapshot.SumSeconds);
    }

    [Fact]
    public void A_request_that_is_given_up_or_fails_has_no_latency()
    {
        _counters.Arrived(5).Ended(RequestEnd.Abort);
        _counters.Arrived(5).Ended(RequestEnd.Error);

        var (model, _) = Read();
        Assert.Equal((1, 1, 0, 0), (model.Ended[RequestEnd.Abort], model.Ended[RequestEnd.Error], model.EndToEnd.Count, model.PromptTokens));
    }

    [Fact]
    public void A_request_ends_once_and_asks_the_prefix_cache_once()
    {
        var meter = _counters.Arrived(40);
        meter.LookedUp(32);
        meter.LookedUp(16);
        meter.Ended(RequestEnd.Length);
        meter.Ended(RequestEnd.Abort);

        var (model, text) = Read();
        Assert.Equal((40, 32), (text.PrefixTokensQueried, text.PrefixTokensHit));
        Assert.Equal((1, 0), (model.Ended[RequestEnd.Length], model.Ended[RequestEnd.Abort]));
    }

    [Fact]
    public void What_speculation_proposed_and_what_stayed_is_added_up()
    {
        _counters.Drafted(drafted: 4, accepted: 3);
        _counters.Drafted(drafted: 4, accepted: 0);

        Assert.Equal((8, 3), (Read().Text.DraftedTokens, Read().Text.AcceptedTokens));
    }

    [Fact]
    public void A_token_is_counted_without_an_allocation()
    {
        var meter = _counters.Arrived(1);

        Assert.Equal(0, Allocations.Least(meter.Token));
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_count_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                _counters.Generated();
                _counters.QueueTime.Add(TimeSpan.FromSeconds(1));
            }
        })));

        var (model, text) = Read();
        Assert.Equal((40_000, 40_000, 40_000), (text.GeneratedTokens, model.QueueTime.Count, model.QueueTime.SumSeconds));
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private (ModelStatistics Model, GenerationStatistics Text) Read() => (_counters.Snapshot(default), _counters.GenerationSnapshot((0, 0)));
}
