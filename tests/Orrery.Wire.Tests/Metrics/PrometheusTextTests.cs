using Orrery.Wire.Metrics;

namespace Orrery.Wire.Tests.Metrics;

public sealed class PrometheusTextTests
{
    private static readonly MetricLabel Model = new("model_name", "m");

    [Fact]
    public void Counters_and_gauges_are_a_line_for_each_set_of_labels()
    {
        string text = PrometheusText.Of(
        [
            new MetricFamily("done_total", MetricKind.Counter, "What is done.", [Number(3, Model, new("how", "well")), Number(1e22, Model, new("how", "badly"))]),
            new MetricFamily("load", MetricKind.Gauge, "How much.", [Number(0.25)]),
        ]);

        Assert.Equal(
            """
            # HELP done_total What is done.
            # TYPE done_total counter
            done_total{model_name="m",how="well"} 3
            done_total{model_name="m",how="badly"} 1E+22
            # HELP load How much.
            # TYPE load gauge
            load 0.25

            """,
            text);
    }

    [Fact]
    public void Buckets_of_a_histogram_hold_those_below_them_too()
    {
        string text = PrometheusText.Of(
            [new MetricFamily("wait_seconds", MetricKind.Histogram, "How long.", [new MetricSample.Distribution([Model], [0.1, 2.5], [2, 0, 1], 7.25)])]);

        Assert.Equal(
            """
            # HELP wait_seconds How long.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{model_name="m",le="0.1"} 2
            wait_seconds_bucket{model_name="m",le="2.5"} 2
            wait_seconds_bucket{model_name="m",le="+Inf"} 3
            wait_seconds_sum{model_name="m"} 7.25
            wait_seconds_count{model_name="m"} 3

            """,
            text);
    }

    [Fact]
    public void Text_is_escaped_and_numbers_that_are_none_have_their_words()
    {
        string text = PrometheusText.Of(
            [new MetricFamily("odd", MetricKind.Gauge, "a\\b\n\"c\"", [Number(double.NaN, new MetricLabel("l", "a\\b\n\"c\"")), Number(double.NegativeInfinity, new MetricLabel("l", "ü"))])]);

        Assert.Equal("# HELP odd a\\\\b\\n\"c\"\n# TYPE odd gauge\nodd{l=\"a\\\\b\\n\\\"c\\\"\"} NaN\nodd{l=\"ü\"} -Inf\n", text);
    }

    [Fact]
    public async Task Promtool_reads_all_of_it_and_has_nothing_against_it()
    {
        string text = PrometheusText.Of(
        [
            new MetricFamily("done_total", MetricKind.Counter, "What is \"done\".", [Number(3, new MetricLabel("how", "a\\b\n\"c\" ü"))]),
            new MetricFamily("load", MetricKind.Gauge, "How much.", [Number(double.PositiveInfinity)]),
            new MetricFamily("wait_seconds", MetricKind.Histogram, "How long.", [new MetricSample.Distribution([Model], [0.0001, 2.5], [2, 0, 1], 7.25)]),
        ]);

        Assert.Equal("", await PromTool.ProblemsAsync(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("with space")]
    [InlineData("with:colon")]
    public void A_name_that_Prometheus_would_not_take_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => PrometheusText.Of([new MetricFamily(name, MetricKind.Gauge, "", [Number(1)])]));
        Assert.Throws<ArgumentException>(() => PrometheusText.Of([new MetricFamily("fine", MetricKind.Gauge, "", [Number(1, new MetricLabel(name, "v"))])]));
    }

    [Fact]
    public void A_family_comes_once_and_has_samples_of_its_kind()
    {
        var gauge = new MetricFamily("load", MetricKind.Gauge, "", [Number(1)]);
        var histogram = new MetricSample.Distribution([], [1], [0, 0], 0);

        Assert.Throws<ArgumentException>(() => PrometheusText.Of([gauge, gauge]));
        Assert.Throws<ArgumentException>(() => PrometheusText.Of([gauge with { Samples = [histogram] }]));
        Assert.Throws<ArgumentException>(() => PrometheusText.Of([gauge with { Kind = MetricKind.Histogram }]));
        Assert.Throws<ArgumentException>(() => PrometheusText.Of([new MetricFamily("h", MetricKind.Histogram, "", [histogram with { Counts = [0] }])]));
        Assert.Throws<ArgumentException>(() => PrometheusText.Of([gauge with { Samples = [Number(1, new MetricLabel("le", "1"))] }]));
    }

    private static MetricSample.Number Number(double value, params MetricLabel[] labels) => new(labels, value);
}
