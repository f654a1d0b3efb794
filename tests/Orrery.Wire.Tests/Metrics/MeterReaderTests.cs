using System.Diagnostics.Metrics;
using Orrery.Wire.Metrics;
using MeterTag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Orrery.Wire.Tests.Metrics;

public sealed class MeterReaderTests : IDisposable
{
    private static readonly Dictionary<string, string> Labels = new() { ["gen_ai.request.model"] = "model" };
    private static readonly MetricView[] Views = [new("done", "done_total"), new("took", "took_seconds"), new("load", "load")];

    private readonly Meter _meter = new("test");

    [Fact]
    public void Instruments_are_added_up_by_their_tags_and_shown_in_order()
    {
        var took = _meter.CreateHistogram("took", "s", "How long.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        var done = _meter.CreateCounter<long>("done", "{request}", "What is done.");
        using var reader = new MeterReader(_meter, Views, Labels);
        _meter.CreateObservableGauge("load", () => new Measurement<long>(7));
        _meter.CreateCounter<long>("not.shown").Add(1);

        done.Add(2, new MeterTag("gen_ai.request.model", "a"), new MeterTag("some.tag", 5));
        done.Add(1, new MeterTag("gen_ai.request.model", "b"), new MeterTag("some.tag", 5));
        done.Add(3, new MeterTag("gen_ai.request.model", "a"), new MeterTag("some.tag", 5));
        foreach (double seconds in new[] { 0.25, 0.5, 1, 4 })
            took.Record(seconds);

        Assert.Equal(
            """
            # HELP done_total What is done.
            # TYPE done_total counter
            done_total{model="a",some_tag="5"} 5
            done_total{model="b",some_tag="5"} 1
            # HELP took_seconds How long.
            # TYPE took_seconds histogram
            took_seconds_bucket{le="0.5"} 2
            took_seconds_bucket{le="2"} 3
            took_seconds_bucket{le="+Inf"} 4
            took_seconds_sum 5.75
            took_seconds_count 4
            # HELP load 
            # TYPE load gauge
            load 7

            """,
            PrometheusText.Of(reader.Read()));
    }

    [Fact]
    public void Another_meter_of_the_same_name_is_not_read()
    {
        using var other = new Meter("test");
        using var reader = new MeterReader(_meter, Views, Labels);
        _meter.CreateCounter<long>("done").Add(1);

        other.CreateCounter<long>("done").Add(10);

        Assert.Equal(1, Value(reader, "done_total"));
    }

    [Fact]
    public void What_is_observed_is_asked_for_each_time_and_what_is_gone_is_not_shown()
    {
        var loads = new Dictionary<string, long> { ["a"] = 1, ["b"] = 2 };
        _meter.CreateObservableGauge("load", () => loads.Select(l => new Measurement<long>(l.Value, new MeterTag("of", l.Key))));
        using var reader = new MeterReader(_meter, Views, Labels);

        Assert.Equal(2, reader.Read().Single().Samples.Count);
        loads.Remove("a");
        loads["b"] = 5;

        Assert.Equal(5, Value(reader, "load"));
    }

    [Fact]
    public async Task Nothing_is_lost_when_several_threads_measure()
    {
        var done = _meter.CreateCounter<long>("done");
        var took = _meter.CreateHistogram("took", "s", "", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] });
        using var reader = new MeterReader(_meter, Views, Labels);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                done.Add(1, new MeterTag("of", i % 10));
                took.Record(2);
            }
        })));

        var families = reader.Read();
        Assert.Equal(40_000, families[0].Samples.Cast<MetricSample.Number>().Sum(s => s.Value));
        var distribution = Assert.IsType<MetricSample.Distribution>(families[1].Samples.Single());
        Assert.Equal((40_000, 80_000), (distribution.Counts[1], distribution.Sum));
    }

    [Fact]
    public void Sets_of_tags_are_bounded_and_the_rest_is_one()
    {
        var done = _meter.CreateCounter<long>("done");
        using var reader = new MeterReader(_meter, Views, Labels);

        for (int i = 0; i < 10_500; i++)
            done.Add(1, new MeterTag("of", i));

        var samples = reader.Read().Single().Samples.Cast<MetricSample.Number>().ToList();
        Assert.Equal(10_001, samples.Count);
        Assert.Equal(500, samples.Single(s => s.Labels[0].Value == "other").Value);
    }

    [Fact]
    public void Measuring_allocates_nothing()
    {
        var done = _meter.CreateCounter<long>("done");
        var took = _meter.CreateHistogram<double>("took");
        using var reader = new MeterReader(_meter, Views, Labels);
        MeterTag[] tags = [new("gen_ai.request.model", "a"), new("code", "2xx")];
        void Measure(int times)
        {
            for (int i = 0; i < times; i++)
            {
                done.Add(1, tags);
                took.Record(0.5, tags);
            }
        }
        Measure(100_000);

        Assert.Equal(0, Allocations.Least(() => Measure(10_000)));
    }

    public void Dispose() => _meter.Dispose();

    private static double Value(MeterReader reader, string family)
        => Assert.IsType<MetricSample.Number>(reader.Read().Single(f => f.Name == family).Samples.Single()).Value;
}
