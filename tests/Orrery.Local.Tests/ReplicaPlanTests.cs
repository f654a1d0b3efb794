using System.Globalization;
using Orrery.Local.Home;
using Orrery.Local.Workloads;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

public sealed class ReplicaPlanTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);

    // Replicas are written "revision:phase"; "new" is what is wanted. r0 is the oldest. "due" waits and may start again, "later" waits still,
    // "leaving" stops for good, "stopping" starts again after it stopped. New ones are m-7, m-8.
    [Theory]
    [InlineData("nothing to do",                           2, 1, "new:ready new:ready",                 "")]
    [InlineData("starts from nothing",                     2, 1, "",                                    "+m-7 +m-8")]
    [InlineData("scales to zero",                          0, 1, "new:ready old:ready",                 "-r1 -r0")]
    [InlineData("stops the one that is not ready",         1, 1, "new:ready new:starting",              "-r1")]
    [InlineData("stops the one that does not run first",   1, 1, "new:starting new:later",              "-r1")]
    [InlineData("stops the youngest of equals",            1, 1, "new:ready new:ready",                 "-r1")]
    [InlineData("surges before touching ready ones",       2, 1, "old:ready old:ready",                 "+m-7")]
    [InlineData("surges by as much as is allowed",         2, 2, "old:ready old:ready",                 "+m-7 +m-8")]
    [InlineData("waits for the surge to be ready",         2, 1, "old:ready old:ready new:starting",    "")]
    [InlineData("retires the oldest per ready one",        2, 1, "old:ready old:ready new:ready",       "-r0")]
    [InlineData("goes on when one has left",               2, 1, "old:leaving old:ready new:ready",     "")]
    [InlineData("replaces stale ones that do not run",     1, 1, "old:later",                           "-r0 +m-7")]
    [InlineData("stops stale ones that are not ready",     1, 1, "old:starting",                        "-r0 +m-7")]
    [InlineData("keeps the old one while the new crashes", 1, 1, "old:ready new:later",                 "")]
    [InlineData("scales down through a rollout",           1, 1, "old:ready old:ready",                 "-r0")]
    [InlineData("starts again what is due",                1, 1, "new:due",                             "*r0")]
    [InlineData("leaves what waits still",                 1, 1, "new:later",                           "")]
    [InlineData("replaces the one that leaves",            1, 1, "new:leaving",                         "+m-7")]
    [InlineData("waits for the one that stops to restart", 1, 1, "new:stopping",                        "")]
    [InlineData("does not outrun those that still leave",  1, 1, "new:leaving new:leaving",             "")]
    public void Plan(string because, int desired, int surge, string observed, string expected)
    {
        var plan = ReplicaPlan.For("m", "new", desired, surge, Observed(observed), nextNumber: 7, Now);

        Assert.True(expected == Text(plan), $"{because}: expected '{expected}', got '{Text(plan)}'");
    }

    [Fact]
    public void A_plan_says_when_time_alone_asks_for_a_step()
    {
        Assert.Equal(Now.AddSeconds(10), ReplicaPlan.For("m", "new", 2, 1, Observed("new:later new:ready"), 7, Now).LookAgainAt);
        Assert.Null(ReplicaPlan.For("m", "new", 2, 1, Observed("new:due new:ready"), 7, Now).LookAgainAt);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 9)]
    public void A_rollout_converges_and_never_drops_below_the_wanted_number(int desired, int surge)
    {
        var replicas = Observed(string.Join(' ', Enumerable.Repeat("old:ready", desired)));
        int next = desired;
        for (int round = 0; round < 50; round++)
        {
            foreach (var step in ReplicaPlan.For("r", "new", desired, surge, replicas, next, Now).Steps)
            {
                if (step is ReplicaStep.Start)
                    replicas.Add(new ObservedReplica($"r-{next++}", "new", ReplicaPhase.Starting, Now.AddSeconds(round)));
                else
                    replicas.RemoveAll(r => r.Name == step.Replica);
            }
            Assert.InRange(replicas.Count, desired, desired + surge);
            Assert.True(replicas.Count(r => r.Phase == ReplicaPhase.Ready) >= desired, $"round {round}");
            replicas = [.. replicas.Select(r => r with { Phase = ReplicaPhase.Ready })];
        }

        Assert.Equal(desired, replicas.Count);
        Assert.All(replicas, r => Assert.Equal("new", r.Revision));
    }

    [Fact]
    public void Backoff_doubles_up_to_its_bound_and_a_stable_replica_waits_not_at_all()
    {
        using var folder = new TempFolder();
        var options = new ProcessRuntimeOptions { Home = HomeFolder.Open(folder.Path), Orrery = ["orrery"] };

        Assert.Equal([0, 1, 2, 4, 8, 16, 30, 30], new[] { 0, 1, 2, 3, 4, 5, 6, 1000 }.Select(f => options.BackoffAfter(f).TotalSeconds));
    }

    private static List<ObservedReplica> Observed(string text)
        => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((replica, i) => Observed(replica.Split(':'), i))];

    private static ObservedReplica Observed(string[] parts, int i)
    {
        var phase = parts[1] switch
        {
            "due" or "later" => ReplicaPhase.Waiting,
            "leaving" => ReplicaPhase.Stopping,
            var other => Enum.Parse<ReplicaPhase>(other, ignoreCase: true),
        };
        return new ObservedReplica(
            string.Create(CultureInfo.InvariantCulture, $"r{i}"), parts[0], phase, DateTimeOffset.UnixEpoch.AddSeconds(i),
            parts[1] == "later" ? Now.AddSeconds(10) : Now, IsLeaving: parts[1] == "leaving");
    }

    private static string Text(ReplicaPlan plan) => string.Join(' ', plan.Steps.Select(s => s switch
    {
        ReplicaStep.Start => $"+{s.Replica}",
        ReplicaStep.Restart => $"*{s.Replica}",
        _ => $"-{s.Replica}",
    }));
}
