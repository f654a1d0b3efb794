using Orrery.Control.Scaling;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Scaling;

public sealed class ScalingPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("always one",              null, 0, 0, -1,  1)]
    [InlineData("as many as asked",        3,    0, 0, -1,  3)]
    [InlineData("zero without demand",     0,    0, 0, -1,  0)]
    [InlineData("one for a waiting one",   0,    1, 0, 0,   1)]
    [InlineData("one for one in flight",   0,    0, 1, 0,   1)]
    [InlineData("kept a while after use",  0,    0, 0, 60,  1)]
    [InlineData("gone when idle for long", 0,    0, 0, 300, 0)]
    public void Without_room_to_scale_there_are_as_many_as_asked_and_none_when_idle(string because, int? min, int waiting, int inFlight, int idleSeconds, int expected)
    {
        var demand = new ServiceDemand(waiting, inFlight, 0, idleSeconds < 0 ? null : Start.AddSeconds(-idleSeconds));

        var desired = ScalingPlan.Desired(new ScalingQuestion(new ComponentSpec { MinReplicas = min }, demand, null, Start));

        Assert.True(expected == desired.Replicas, $"{because}: {desired.Replicas}");
    }

    [Fact]
    public void An_idle_service_is_looked_at_again_when_its_time_is_over()
    {
        var demand = new ServiceDemand(0, 0, 0, Start.AddSeconds(-10));

        Assert.Equal(
            TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(10), ScalingPlan.Desired(new ScalingQuestion(new ComponentSpec { MinReplicas = 0 }, demand, null, Start)).LookAgain);
        Assert.Equal(
            TimeSpan.FromSeconds(20),
            ScalingPlan.Desired(new ScalingQuestion(new ComponentSpec { MinReplicas = 0, ScaleToZeroAfterSeconds = 30 }, demand, null, Start)).LookAgain);
    }

    [Theory]
    [InlineData("concurrency: by default eight each",   null,          null, null, 20, 13, 0,      5)]
    [InlineData("as many as one replica takes",         null,          null, 4,    20, 13, 0,      9)]
    [InlineData("a target goes before that",            "concurrency", 11,   4,    20, 13, 0,      3)]
    [InlineData("queue: those in flight keep theirs",   "queue",       10,   16,   20, 48, 0,      5)]
    [InlineData("tokens in flight",                     "tokens",      1000, null, 1,  1,  4_200,  5)]
    [InlineData("tokens: by default a long context",    "tokens",      null, null, 1,  1,  40_000, 5)]
    [InlineData("a waiting one wants one at least",     "tokens",      1000, null, 1,  0,  0,      1)]
    public void Each_metric_gives_the_total_over_the_target(string because, string? metric, int? target, int? concurrency, int waiting, int inFlight, long tokens, int expected)
    {
        var component = new ComponentSpec { MinReplicas = Math.Min(1, expected - 1), MaxReplicas = 20, ScaleMetric = metric, ScaleTarget = target, ContainerConcurrency = concurrency };
        var load = new Load(component);

        load.For(TimeSpan.FromSeconds(60), new ServiceDemand(waiting, inFlight, 0, Start, 0, tokens));

        Assert.True(expected == load.Replicas, $"{because}: {load.Replicas}");
    }

    [Fact]
    public void Requests_per_second_are_those_of_the_last_minute()
    {
        var load = new Load(new ComponentSpec { MaxReplicas = 20, ScaleMetric = "rps", ScaleTarget = 5 });
        for (int second = 0; second < 120; second += 2)
            load.At(Start.AddSeconds(second), new ServiceDemand(0, 1, 0, Start.AddSeconds(second), 19 * second));

        Assert.Equal(4, load.Replicas);
        Assert.Equal(TimeSpan.FromSeconds(2), load.Last.LookAgain);
    }

    [Fact]
    public void Processor_and_memory_are_percent_of_what_the_replicas_may_use()
    {
        var limits = new WorkloadResources(1000, 2, null);
        var cpu = new Load(new ComponentSpec { MinReplicas = 2, MaxReplicas = 20, ScaleMetric = "cpu", ScaleTarget = 50 }) { Limits = limits };
        var memory = new Load(new ComponentSpec { MinReplicas = 2, MaxReplicas = 20, ScaleMetric = "memory", ScaleTarget = 50 }) { Limits = limits };
        for (int second = 0; second <= 60; second += 2)
        {
            // 1.9 of 2 processors and 900 of 1000 bytes in each of two: 190 percent of 50, and 180.
            ReplicaUsage[] usage = [.. new[] { "a", "b" }.Select(r => new ReplicaUsage(new WorkloadKey("default", "s-engine"), r, 900, TimeSpan.FromSeconds(1.9 * second)))];
            cpu.At(Start.AddSeconds(second), ServiceDemand.None, usage);
            memory.At(Start.AddSeconds(second), ServiceDemand.None, usage);
        }

        Assert.Equal(4, cpu.Replicas);
        Assert.Equal(4, memory.Replicas);
    }

    [Fact]
    public void Without_a_limit_processor_time_says_nothing()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 1, MaxReplicas = 20, ScaleMetric = "cpu" }) { Running = 3 };

        load.At(Start, ServiceDemand.None, [new ReplicaUsage(new WorkloadKey("default", "s-engine"), "a", 900, TimeSpan.FromSeconds(100))]);

        Assert.Equal(3, load.Replicas);
    }

    [Fact]
    public void More_ready_replicas_never_make_fewer_wanted_of_the_same_load()
    {
        // An average over the replicas would fall with each further one, and the number would swing between two and five.
        var load = new Load(new ComponentSpec { MinReplicas = 1, MaxReplicas = 10, ScaleTarget = 4, ScaleDownStabilizationSeconds = 0 });

        List<int> seen = [.. Enumerable.Range(0, 60).Select(i => load.At(Start.AddSeconds(2 * i), new ServiceDemand(0, 20, 0, Start)).Replicas)];

        Assert.All(seen, r => Assert.Equal(5, r));
    }

    [Fact]
    public void A_tenth_more_or_less_moves_nothing()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 1, MaxReplicas = 100, ScaleTarget = 1, ScaleDownStabilizationSeconds = 0 });
        load.For(TimeSpan.FromSeconds(120), new ServiceDemand(0, 50, 0, Start));

        Assert.Equal(50, load.Next(new ServiceDemand(0, 55, 0, Start)).Replicas);
        Assert.Equal(50, load.Next(new ServiceDemand(0, 45, 0, Start)).Replicas);
        Assert.Equal(56, load.Next(new ServiceDemand(0, 56, 0, Start)).Replicas);
        Assert.Equal(44, load.Next(new ServiceDemand(0, 44, 0, Start)).Replicas);
    }

    [Fact]
    public void Fewer_only_when_no_more_were_wanted_for_the_window_and_then_at_its_end()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 1, MaxReplicas = 10, ScaleTarget = 1, ScaleDownStabilizationSeconds = 100 });
        load.At(Start, new ServiceDemand(0, 6, 0, Start));
        var quiet = load.At(Start.AddSeconds(10), ServiceDemand.None with { LastUsed = Start });

        Assert.Equal(6, quiet.Replicas);
        Assert.Equal(TimeSpan.FromSeconds(90), quiet.LookAgain);
        Assert.Equal(6, load.At(Start.AddSeconds(99), ServiceDemand.None with { LastUsed = Start }).Replicas);
        Assert.Equal(1, load.At(Start.AddSeconds(100), ServiceDemand.None with { LastUsed = Start }).Replicas);
        Assert.Null(load.Last.LookAgain);
    }

    [Fact]
    public void More_only_when_no_fewer_were_wanted_for_the_upper_window()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 1, MaxReplicas = 10, ScaleTarget = 1, ScaleUpStabilizationSeconds = 30 });
        load.At(Start, ServiceDemand.None);

        Assert.Equal(1, load.At(Start.AddSeconds(10), new ServiceDemand(0, 6, 0, Start)).Replicas);
        Assert.Equal(1, load.At(Start.AddSeconds(29), new ServiceDemand(0, 6, 0, Start)).Replicas);
        Assert.Equal(6, load.At(Start.AddSeconds(31), new ServiceDemand(0, 6, 0, Start)).Replicas);
    }

    [Fact]
    public void At_most_twice_as_many_and_four_more_in_fifteen_seconds()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 0, MaxReplicas = 1000, ScaleTarget = 1 });
        var burst = new ServiceDemand(900, 0, 0, Start);

        List<int> seen = [.. new[] { 0, 2, 14, 15, 20, 30, 45 }.Select(s => load.At(Start.AddSeconds(s), burst).Replicas)];

        Assert.Equal([4, 4, 4, 12, 12, 28, 60], seen);
    }

    [Fact]
    public void What_runs_is_not_taken_away_because_the_history_was_lost()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 1, MaxReplicas = 10 }) { Running = 7 };

        Assert.Equal(7, load.At(Start, new ServiceDemand(0, 1, 0, Start)).Replicas);
        Assert.Equal(1, load.At(Start.AddSeconds(301), new ServiceDemand(0, 1, 0, Start)).Replicas);
    }

    [Fact]
    public void However_often_one_looks_the_history_stays_bounded()
    {
        var load = new Load(new ComponentSpec { MinReplicas = 0, MaxReplicas = 10, ScaleDownStabilizationSeconds = 3600 });
        for (int i = 0; i < 20_000; i++)
            load.At(Start.AddSeconds(i * 0.7), new ServiceDemand(0, i % 70, 0, Start));

        Assert.InRange(load.Last.History.Samples.Count, 2, ScalingHistory.MaxSamples);
    }
}
