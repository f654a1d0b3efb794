using Orrery.Api.Metrics;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests.Metrics;

public sealed class UsageTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Processors_are_the_difference_over_the_window_and_memory_is_the_last()
    {
        var report = UsageReport.Between(Sample(Replica("a", 5, 100)), Sample(Replica("a", 8, 200)), TimeSpan.FromSeconds(2));

        Assert.Equal(new Use(1.5, 200), report.Replicas[("default", "a")]);
    }

    [Theory]
    [InlineData("one that was started again counts from nothing", 50.0)]
    [InlineData("one that is new counts from nothing", null)]
    public void A_replica_that_began_within_the_window(string because, double? before)
    {
        var report = UsageReport.Between(before is { } seconds ? Sample(Replica("a", seconds, 1)) : Sample(), Sample(Replica("a", 1, 1)), TimeSpan.FromSeconds(2));

        Assert.True(report.Replicas[("default", "a")].Processors == 0.5, because);
    }

    [Fact]
    public void One_that_is_gone_is_in_no_report()
        => Assert.Empty(UsageReport.Between(Sample(Replica("a", 1, 1)), Sample(), TimeSpan.FromSeconds(2)).Replicas);

    [Fact]
    public async Task The_first_answer_waits_for_a_second_measurement_and_nothing_is_measured_unasked()
    {
        var time = new ManualTime();
        var workloads = new ScriptedWorkloads { Uses = { new[] { Replica("a", 1, 1) }, new[] { Replica("a", 1.25, 1) } } };
        var meter = new UsageMeter(workloads, workloads.MachineUse, time);
        Assert.Equal(0, workloads.Measured);

        var asked = meter.ReadAsync(Ct);
        await Eventually.TrueAsync(() => time.Armed == 1, () => "nothing waits");
        Assert.Equal(1, workloads.Measured);
        time.Advance(UsageMeter.Shortest);
        var report = await asked;

        Assert.Equal((UsageMeter.Shortest, 0.25), (report.Window, report.Replicas[("default", "a")].Processors));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((2, 0), (workloads.Measured, time.Armed));
    }

    [Theory]
    [InlineData("asked again at once, the same answer", 0.5, 2, 1.0)]
    [InlineData("asked a little later, since the last measurement", 5.0, 3, 5.0)]
    [InlineData("asked much later, two new measurements", 60.0, 4, 1.0)]
    public async Task The_window(string because, double seconds, int measured, double window)
    {
        var time = new ManualTime();
        var workloads = new ScriptedWorkloads { Uses = { new[] { Replica("a", 1, 1) } } };
        var meter = new UsageMeter(workloads, workloads.MachineUse, time);
        await PlayAsync(meter.ReadAsync(Ct), time);

        time.Advance(TimeSpan.FromSeconds(seconds));
        var report = await PlayAsync(meter.ReadAsync(Ct), time);

        Assert.True((measured, window) == (workloads.Measured, report.Window.TotalSeconds), $"{because}: {workloads.Measured} measurements, {report.Window}");
    }

    private static async Task<UsageReport> PlayAsync(Task<UsageReport> asked, ManualTime time)
    {
        await Eventually.TrueAsync(() => asked.IsCompleted || time.Armed == 1, () => "neither answered nor waiting");
        if (!asked.IsCompleted)
            time.Advance(UsageMeter.Shortest);
        return await asked;
    }

    private static UsageSample Sample(params ReplicaUsage[] replicas) => new(At, 0, replicas, null);

    private static ReplicaUsage Replica(string name, double seconds, long bytes) => new(new WorkloadKey("default", "stories-engine"), name, bytes, TimeSpan.FromSeconds(seconds));
}
