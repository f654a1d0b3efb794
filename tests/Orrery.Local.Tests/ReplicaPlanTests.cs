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
    [InlineData("takes one away first",                    2, 0, "old:ready old:ready",                 "-r0", 1)]
    [InlineData("waits for its place",                     2, 0, "old:leaving old:ready",               "", 1)]
    [InlineData("fills the place",                         2, 0, "old:ready",                           "+m-7", 1)]
    [InlineData("takes the only one away if it must",      1, 0, "old:ready",                           "-r0", 1)]
    [InlineData("keeps the only one while it may add",     1, 1, "old:ready",                           "+m-7", 1)]
    [InlineData("never takes all",                         3, 0, "old:ready old:ready old:ready",       "-r0 -r1", 9)]
    [InlineData("adds and takes away together",            2, 1, "old:ready old:ready",                 "+m-7 -r0", 1)]
    [InlineData("replaces nothing while paused",           2, 1, "old:ready old:starting",              "", 0, true)]
    [InlineData("starts what is due while paused",         1, 1, "old:due",                             "*r0", 0, true)]
    [InlineData("adds new ones while paused",              2, 1, "old:ready",                           "+m-7", 0, true)]
    [InlineData("scales down while paused",                1, 1, "old:ready new:ready",                 "-r1", 0, true)]
    public void Plan(string because, int desired, int surge, string observed, string expected, int unavailable = 0, bool paused = false)
    {
        var plan = ReplicaPlan.For("m", "new", desired, new RolloutBounds(surge, unavailable, paused), Observed(observed), nextNumber: 7, Now);

        Assert.True(expected == Text(plan), $"{because}: expected '{expected}', got '{Text(plan)}'");
    }

    [Fact]
    public void A_plan_says_when_time_alone_asks_for_a_step()
    {
        Assert.Equal(Now.AddSeconds(10), ReplicaPlan.For("m", "new", 2, new RolloutBounds(1, 0, false), Observed("new:later new:ready"), 7, Now).LookAgainAt);
        Assert.Null(ReplicaPlan.For("m", "new", 2, new RolloutBounds(1, 0, false), Observed("new:due new:ready"), 7, Now).LookAgainAt);
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
            foreach (var step in ReplicaPlan.For("r", "new", desired, new RolloutBounds(surge, 0, false), replicas, next, Now).Steps)
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

    // From any state, with whatever becomes of each replica: 2,000 walks with numbers that stay the same.
    [Fact]
    public void From_any_state_the_bounds_hold_and_in_the_end_all_is_as_wanted()
    {
        for (int seed = 0; seed < 2_000; seed++)
            Walk(new Random(seed), $"seed {seed}");
    }

    private static void Walk(Random random, string where)
    {
        int desired = random.Next(6), unavailable = random.Next(4), surge = random.Next(unavailable == 0 ? 1 : 0, 4), next = 100;
        bool paused = random.Next(4) == 0;
        var bounds = new RolloutBounds(surge, unavailable, paused);
        var replicas = Enumerable.Range(0, random.Next(8)).Select(i => Any(random, i)).ToList();
        for (int round = 0; round < 60; round++)
        {
            // For a while things go wrong; then everything that starts becomes ready.
            bool calm = round >= 20;
            int readyBefore = Ready(replicas), liveBefore = replicas.Count;
            var plan = ReplicaPlan.For("w", "new", desired, bounds, replicas, next, Now);
            foreach (var step in plan.Steps)
            {
                int at = replicas.FindIndex(r => r.Name == step.Replica);
                if (step is ReplicaStep.Stop && paused)
                    Assert.True(replicas.Count(r => !r.IsLeaving) > desired, $"{where}: a paused rollout replaces {step.Replica}");
                if (step is ReplicaStep.Start)
                    replicas.Add(new ObservedReplica($"w-{next++}", "new", ReplicaPhase.Starting, Now.AddSeconds(round)));
                else if (step is ReplicaStep.Restart)
                    replicas[at] = replicas[at] with { Phase = ReplicaPhase.Starting };
                else if (replicas[at].Phase == ReplicaPhase.Waiting)
                    replicas.RemoveAt(at);
                else
                    replicas[at] = replicas[at] with { Phase = ReplicaPhase.Stopping, IsLeaving = true };
            }
            Assert.True(Ready(replicas) >= Math.Min(readyBefore, bounds.Floor(desired)), $"{where}, round {round}: {Ready(replicas)} of {readyBefore} ready, {desired} wanted, {unavailable} may be unavailable");
            Assert.True(replicas.Count <= Math.Max(liveBefore, desired + surge), $"{where}, round {round}: {replicas.Count} replicas, {desired} wanted and {surge} more");
            for (int i = replicas.Count - 1; i >= 0; i--)
            {
                if (Next(replicas[i], calm ? null : random) is { } after)
                    replicas[i] = after;
                else
                    replicas.RemoveAt(i);
            }
        }
        Assert.True(replicas.Count == desired && replicas.All(r => r.Phase == ReplicaPhase.Ready), $"{where}: {desired} wanted, there are {string.Join(", ", replicas)}");
        Assert.True(paused || replicas.All(r => r.Revision == "new"), $"{where}: a replica of the old revision stays");
    }

    private static int Ready(List<ObservedReplica> replicas) => replicas.Count(r => r.Phase == ReplicaPhase.Ready);

    private static ObservedReplica Any(Random random, int i)
    {
        var phase = (ReplicaPhase)random.Next(4);
        return new ObservedReplica($"r{i}", random.Next(2) == 0 ? "old" : "new", phase, DateTimeOffset.UnixEpoch.AddSeconds(random.Next(4)), Now, phase == ReplicaPhase.Stopping && random.Next(2) == 0);
    }

    /// <returns>Null: it is gone.</returns>
    private static ObservedReplica? Next(ObservedReplica replica, Random? random) => (replica.Phase, random?.Next(4) ?? 0) switch
    {
        (ReplicaPhase.Stopping, 0) when replica.IsLeaving => null,
        (ReplicaPhase.Stopping, 0) => replica with { Phase = ReplicaPhase.Waiting },
        (ReplicaPhase.Starting, 0) => replica with { Phase = ReplicaPhase.Ready },
        (ReplicaPhase.Starting or ReplicaPhase.Ready, 1) => replica with { Phase = ReplicaPhase.Waiting },
        _ => replica,
    };

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
