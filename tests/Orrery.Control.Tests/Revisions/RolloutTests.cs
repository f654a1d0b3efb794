using System.Text.Json;
using Orrery.Control.Revisions;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Revisions;

public sealed class RolloutTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly JsonElement Template = JsonDocument.Parse("{}").RootElement.Clone();

    private static Workload Engine(string revision, int replicas = 2) => new()
    {
        Key = new WorkloadKey("default", "s-engine"),
        Owner = new OwnerReference { Kind = "InferenceService", Name = "s", Uid = "u" },
        Revision = revision,
        Replicas = replicas,
        Process = new ProcessTemplate { Command = ["serve", revision] },
        Probe = new Probe(),
    };

    private static ServiceRevision Kept(string hash, long number, DateTimeOffset? rolledOut = null, string? failed = null)
        => new($"s-{hash}", number, Template, Engine(hash) with { Replicas = null }) { RolledOutAt = rolledOut, Failed = failed, ResourceVersion = "1" };

    private static WorkloadState State(string revision, params ReplicaState[] replicas) => new(new WorkloadKey("default", "s-engine"), revision, 2, replicas);

    private static ReplicaState Replica(string revision, ReplicaPhase phase = ReplicaPhase.Ready, int restarts = 0, string message = "")
        => new("s-x-0", revision, phase, restarts, message, null, Now);

    private static RolloutPlan Decide(
        Workload desired, ServiceRevision[] revisions, WorkloadState? engine = null, int? canary = null, WorkloadState? canaryState = null, AnswerCounts? answers = null,
        bool paused = false, int? limit = null, ComponentSpec? router = null)
    {
        var spec = new InferenceServiceSpec { Engine = new ComponentSpec { CanaryTrafficPercent = canary }, Paused = paused, RevisionHistoryLimit = limit, Router = router };
        return Rollout.Decide(new RolloutQuestion(spec, desired, Template, revisions, engine, canaryState, answers ?? AnswerCounts.None, Now));
    }

    private static string Shares(RolloutPlan plan) => string.Join(", ", plan.Traffic.Select(t => $"{t.Workload} {t.Revision} {t.Percent}"));

    [Fact]
    public void The_first_revision_is_kept_and_runs_and_is_not_rolled_out_until_every_replica_answers()
    {
        var begun = Decide(Engine("a"), []);

        Assert.Equal(("a", (long?)1), (begun.Engine.Revision, Assert.Single(begun.Keep).Number));
        Assert.Null(begun.RolledOut);
        Assert.Equal("Progressing", begun.Condition.Reason);

        var half = Decide(Engine("a"), [Kept("a", 1)], State("a", Replica("a")));
        Assert.Empty(half.Keep);

        var done = Decide(Engine("a"), [Kept("a", 1)], State("a", Replica("a"), Replica("a")));
        Assert.Equal((Now, "a", "RolledOut"), (Assert.Single(done.Keep).RolledOutAt, done.RolledOut, done.Condition.Reason));
    }

    [Fact]
    public void Another_revision_without_a_share_is_left_to_the_runtime_to_replace()
    {
        var plan = Decide(Engine("b"), [Kept("a", 1, Now)], State("b", Replica("a"), Replica("b"), Replica("b")));

        Assert.Equal(("b", null), (plan.Engine.Revision, plan.Canary));
        Assert.Equal("s-engine b 100", Shares(plan));
        Assert.Equal(("Unknown", "Progressing"), (plan.Condition.Status, plan.Condition.Reason));
        Assert.Equal("2 of 2 replicas are of revision b and ready, 1 of earlier ones are there", plan.Condition.Message);
        Assert.Equal(2, Assert.Single(plan.Keep).Number);
    }

    [Fact]
    public void A_canary_runs_beside_what_has_served_so_far_exactly_as_that_was_rendered()
    {
        var plan = Decide(Engine("b", 3), [Kept("a", 1, Now)], State("a", Replica("a")), canary: 10);

        Assert.Equal(["serve", "a"], plan.Engine.Process!.Command);
        Assert.Equal(3, plan.Engine.Replicas);
        Assert.Equal(("s-canary", "b", (int?)1), (plan.Canary!.Key.Name, plan.Canary.Revision, plan.Canary.Replicas));
        Assert.Equal("s-engine a 90, s-canary b 10", Shares(plan));
        Assert.Equal("a", plan.RolledOut);
    }

    [Theory]
    [InlineData(0, 50, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(4, 50, 2)]
    [InlineData(10, 25, 3)]
    public void A_canary_has_replicas_for_its_share(int engine, int percent, int expected) => Assert.Equal(expected, Rollout.CanaryReplicas(engine, percent));

    [Fact]
    public void A_canary_that_fails_too_often_is_taken_back_and_stays_back_until_the_spec_changes()
    {
        var plan = Decide(Engine("b"), [Kept("a", 1, Now), Kept("b", 2)], canary: 10, canaryState: State("b", Replica("b")), answers: new AnswerCounts(40, 12));

        Assert.Null(plan.Canary);
        Assert.Equal("s-engine a 100", Shares(plan));
        Assert.Equal(("False", "SteppedBack"), (plan.CanaryCondition!.Status, plan.CanaryCondition.Reason));
        Assert.Contains("12 of 40 answers failed (30 %, at most 5 % may)", plan.CanaryCondition.Message, StringComparison.Ordinal);
        var failed = Assert.Single(plan.Keep);

        var later = Decide(Engine("b"), [Kept("a", 1, Now), failed], canary: 10);
        Assert.Equal((null, "s-engine a 100"), (later.Canary, Shares(later)));

        var changed = Decide(Engine("c"), [Kept("a", 1, Now), failed], canary: 10);
        Assert.Equal("c", changed.Canary!.Revision);
    }

    [Theory]
    [InlineData(19, 19, false)]
    [InlineData(20, 1, false)]
    [InlineData(20, 2, true)]
    public void Few_answers_and_few_failures_take_nothing_back(int all, int failed, bool back)
    {
        var plan = Decide(Engine("b"), [Kept("a", 1, Now), Kept("b", 2)], canary: 10, canaryState: State("b", Replica("b")), answers: new AnswerCounts(all, failed));

        Assert.Equal(back, plan.Canary is null);
    }

    [Fact]
    public void A_canary_that_never_gets_ready_is_taken_back()
    {
        var broken = State("b", Replica("b", ReplicaPhase.Waiting, restarts: 3, "ended with exit code 3"));
        var plan = Decide(Engine("b"), [Kept("a", 1, Now), Kept("b", 2)], canary: 10, canaryState: broken);

        Assert.Null(plan.Canary);
        Assert.Contains("ended with exit code 3", plan.Condition.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_share_of_a_hundred_makes_the_canary_the_engine()
    {
        var plan = Decide(Engine("b"), [Kept("a", 1, Now), Kept("b", 2)], State("a", Replica("a"), Replica("a")), canary: 100, canaryState: State("b", Replica("b")));

        Assert.Equal(("b", null), (plan.Engine.Revision, plan.Canary));
    }

    [Fact]
    public void A_service_with_a_router_has_no_canary()
        => Assert.Null(Decide(Engine("b"), [Kept("a", 1, Now)], canary: 10, router: new ComponentSpec()).Canary);

    [Fact]
    public void Paused_before_it_began_the_last_revision_goes_on_and_the_new_one_is_not_kept()
    {
        var plan = Decide(Engine("b", 3), [Kept("a", 1, Now)], State("a", Replica("a"), Replica("a")), paused: true);

        Assert.Equal(("a", (int?)3), (plan.Engine.Revision, plan.Engine.Replicas));
        Assert.Empty(plan.Keep);
        Assert.Equal("Paused", plan.Condition.Reason);
    }

    [Fact]
    public void Paused_in_the_middle_the_runtime_is_told_to_hold()
    {
        var plan = Decide(Engine("b"), [Kept("a", 1, Now), Kept("b", 2)], State("b", Replica("a"), Replica("b")), paused: true);

        Assert.True(plan.Engine.Paused);
        Assert.Equal("Paused", plan.Condition.Reason);
    }

    [Fact]
    public void Gone_back_to_a_revision_gets_the_highest_number_and_a_fresh_trial()
    {
        var plan = Decide(Engine("a"), [Kept("a", 1, failed: "bad"), Kept("b", 2, Now)], State("b", Replica("b"), Replica("b")), canary: 10);

        var kept = Assert.Single(plan.Keep);
        Assert.Equal(("a", 3, null), (kept.Hash, kept.Number, kept.Failed));
    }

    [Fact]
    public void Only_so_many_old_revisions_are_kept_and_never_one_that_runs_is_forgotten()
    {
        ServiceRevision[] history = [Kept("a", 1, Now.AddDays(-1)), Kept("b", 2), Kept("c", 3), Kept("d", 4), Kept("e", 5)];
        var plan = Decide(Engine("e"), history, State("e", Replica("b"), Replica("e")), limit: 1);

        Assert.Equal(["c"], plan.Forget.Select(r => r.Hash));
    }

    [Fact]
    public void A_service_at_zero_has_no_replica_to_roll_out()
    {
        var plan = Decide(Engine("b", 0), [Kept("a", 1, Now), Kept("b", 2)], State("b"));

        Assert.Equal(("True", "ScaledToZero", "a"), (plan.Condition.Status, plan.Condition.Reason, plan.RolledOut));
    }
}
