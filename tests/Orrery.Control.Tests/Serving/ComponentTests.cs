using Orrery.Control.Residency;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>Engine, decoder and router of one service.</summary>
public sealed class ComponentTests
{
    private static readonly ProcessSpec Router = new() { Command = ["route", "--workers", "$(ENGINE_URLS)", "--list=$(ENGINE_URLS)", "--port", "$(PORT)"] };

    private static readonly InferenceServiceSpec Routed = Seen.Spec with { Router = new ComponentSpec { Process = Router, Config = new Dictionary<string, string> { ["POLICY"] = "<least>" } } };

    private static WorkloadState Engine(InferenceServiceSpec spec, params string[] addresses) => Seen.Ready(ServicePlanner.Plan(Seen.Of(spec)).Engine(), addresses);

    [Fact]
    public void A_router_waits_for_an_engine_that_answers_and_gets_the_addresses_of_all()
    {
        var waiting = ServicePlanner.Plan(Seen.Of(Routed));
        var plan = ServicePlanner.Plan(Seen.Of(Routed, running: Engine(Routed, "http://127.0.0.1:1", "http://127.0.0.1:2")));

        Assert.Equal(("False", "WaitingForEngine"), (waiting.Find("RouterReady").Status, waiting.Find("RouterReady").Reason));
        Assert.Single(waiting.Workloads);
        Assert.Equal(
            ["route", "--workers", "http://127.0.0.1:1", "http://127.0.0.1:2", "--list=http://127.0.0.1:1,http://127.0.0.1:2", "--port", "$(PORT)"], plan.Of("router").Process!.Command);
        Assert.Equal(new WorkloadVariable("POLICY", "<least>"), Assert.Single(plan.Of("router").Process!.Env));
        Assert.Equal("s-router", plan.Of("router").Key.Name);
        Assert.Empty(plan.Of("router").Models);
    }

    [Fact]
    public void Other_addresses_make_a_new_revision_of_the_router_and_of_nothing_else()
    {
        var one = ServicePlanner.Plan(Seen.Of(Routed, running: Engine(Routed, "http://127.0.0.1:1")));
        var two = ServicePlanner.Plan(Seen.Of(Routed, running: Engine(Routed, "http://127.0.0.1:2")));

        Assert.NotEqual(one.Of("router").Revision, two.Of("router").Revision);
        Assert.Equal(one.Engine().Revision, two.Engine().Revision);
    }

    [Fact]
    public void A_router_whose_engines_are_gone_stays_as_it_runs()
    {
        var plan = ServicePlanner.Plan(Seen.Of(Routed, running: Engine(Routed, "http://127.0.0.1:1")));

        var lost = ServicePlanner.Plan(Seen.Of(Routed, running: [Engine(Routed), Seen.Ready(plan.Of("router"), "http://127.0.0.1:9")]));

        Assert.DoesNotContain(lost.Workloads, w => w.Component == "router");
        Assert.Empty(lost.Unwanted);
        Assert.Equal("WaitingForEngine", lost.Find("RouterReady").Reason);
    }

    [Fact]
    public void Before_an_engine_at_zero_a_router_is_at_zero_too_and_both_come_for_a_request()
    {
        var idle = Routed with { Engine = new ComponentSpec { MinReplicas = 0 } };

        var none = ServicePlanner.Plan(Seen.Of(idle));
        var asked = ServicePlanner.Plan(Seen.Of(idle, running: Engine(idle, "http://127.0.0.1:1")) with { Demand = new ServiceDemand(1, 0, 0, Seen.Now) });

        Assert.Equal([0, 0], none.Workloads.Select(w => w.Replicas!.Value));
        Assert.Equal("True", none.Find("Ready").Status);
        Assert.Equal([1, 1], asked.Workloads.Select(w => w.Replicas!.Value));
    }

    [Fact]
    public void What_memory_grants_bounds_those_that_load_the_model()
    {
        var spec = Routed with { Engine = new ComponentSpec { MinReplicas = 3 } };

        var plan = ServicePlanner.Plan(Seen.Of(spec, running: Engine(spec, "http://127.0.0.1:1")) with { Grant = new Grant(2, GrantOutcome.Fewer, "") });

        Assert.Equal((2, 1), (plan.Engine().Replicas, plan.Of("router").Replicas));
        Assert.Equal("1/2", plan.Status.Components!["engine"].Replicas);
    }

    [Fact]
    public void What_a_runtime_says_of_components_makes_none_and_serves_those_that_the_service_names()
    {
        var runtime = Seen.Runtime with { DecoderConfig = new ComponentSpec { Process = Seen.Process with { Args = ["--decode"] }, MinReplicas = 2 }, RouterConfig = new ComponentSpec { Process = Router } };

        var plain = ServicePlanner.Plan(Seen.Of(runtime: runtime));
        var divided = ServicePlanner.Plan(Seen.Of(Seen.Spec with { Decoder = new ComponentSpec(), Router = new ComponentSpec() }, runtime));
        var own = ServicePlanner.Plan(Seen.Of(Seen.Spec with { Decoder = new ComponentSpec { MinReplicas = 1, Process = Seen.Process } }, runtime));

        Assert.Equal(["engine"], plain.Workloads.Select(w => w.Component));
        Assert.Equal(("--decode", 2), (divided.Of("decoder").Process!.Command[^1], divided.Of("decoder").Replicas));
        Assert.Equal(("$(PORT)", 1), (own.Of("decoder").Process!.Command[^1], own.Of("decoder").Replicas));
    }

    /// <summary>A server of one half of the work answers no request of a client.</summary>
    [Fact]
    public void Where_prefill_and_decode_are_divided_the_router_alone_is_asked_a_request_before_it_is_ready()
    {
        var spec = Routed with { Decoder = new ComponentSpec { Process = Seen.Process } };
        var plan = ServicePlanner.Plan(Seen.Of(spec, running: Engine(spec, "http://127.0.0.1:1")));

        Assert.Null(plan.Engine().Probe.FirstRequestPath);
        Assert.Null(plan.Of("decoder").Probe.FirstRequestPath);
        Assert.Equal("/v1/completions", plan.Of("router").Probe.FirstRequestPath);
    }

    [Fact]
    public void Ready_means_that_every_declared_component_answers()
    {
        var engine = Engine(Routed, "http://127.0.0.1:1");
        var router = Seen.Ready(ServicePlanner.Plan(Seen.Of(Routed, running: engine)).Of("router"), "http://127.0.0.1:9");

        Assert.Equal("False", ServicePlanner.Plan(Seen.Of(Routed, running: engine)).Find("Ready").Status);
        Assert.Equal("True", ServicePlanner.Plan(Seen.Of(Routed, running: [engine, router])).Find("Ready").Status);
    }

    [Fact]
    public void A_component_that_is_not_declared_any_more_and_a_canary_that_is_over_are_deleted()
    {
        var router = new WorkloadState(new WorkloadKey("default", "s-router"), "x", 1, []);
        var canary = new WorkloadState(new WorkloadKey("default", "s-canary"), "x", 1, []);

        var plan = ServicePlanner.Plan(Seen.Of(running: [router, canary]));
        var blocked = ServicePlanner.Plan(Seen.Of(running: [router, canary]) with { Model = null });

        Assert.Equal(["s-canary", "s-router"], plan.Unwanted.Select(k => k.Name).Order());
        Assert.Equal(["s-router"], blocked.Unwanted.Select(k => k.Name));
    }

    [Fact]
    public void Status_tells_revisions_and_how_the_last_run_ended()
    {
        var first = ServicePlanner.Plan(Seen.Of());
        var ready = Seen.Of(running: Seen.Ready(first.Engine(), "http://127.0.0.1:1"));
        var second = ServicePlanner.Plan(ready);
        var spec = Seen.Spec with { RestartedAt = Seen.Now };
        var broken = Seen.Of(spec);
        string next = ServicePlanner.Plan(broken).Engine().Revision;
        var ended = new ReplicaState("s-engine-1", next, ReplicaPhase.Waiting, 1, "ended: no such option", null, Seen.Now, new ReplicaExit(2, null, "Error", Seen.Now));
        var state = new WorkloadState(first.Engine().Key, next, 1, [ended, .. ready.Workloads["engine"].Replicas]);

        var third = ServicePlanner.Plan((broken with { Workloads = new Dictionary<string, WorkloadState> { ["engine"] = state }, Revisions = second.Rollout!.Keep }).Remembering(second));

        var (was, now) = (second.Status.Components!["engine"], third.Status.Components!["engine"]);
        Assert.Equal((first.Engine().Revision, first.Engine().Revision, first.Engine().Revision), (was.LatestCreatedRevision, was.LatestReadyRevision, was.LatestRolledoutRevision));
        Assert.Equal((next, first.Engine().Revision, first.Engine().Revision), (now.LatestCreatedRevision, now.LatestReadyRevision, now.LatestRolledoutRevision));
        Assert.Equal(("s-engine-1", 2, "Error", "ended: no such option"), (now.LastExit!.Replica, now.LastExit.ExitCode, now.LastExit.Reason, now.LastExit.Message));
    }

    [Fact]
    public void Deleting_status_changes_nothing_that_is_applied()
    {
        var seen = Seen.Of(Routed, running: Engine(Routed, "http://127.0.0.1:1"));
        var remembered = ServicePlanner.Plan(seen.Remembering(ServicePlanner.Plan(seen)));

        Assert.Equal(ServicePlanner.Plan(seen).Workloads.Select(w => (w.Key, w.Revision, w.Replicas)), remembered.Workloads.Select(w => (w.Key, w.Revision, w.Replicas)));
    }

    [Fact]
    public void A_canary_that_is_refused_says_so_of_itself_and_what_has_served_goes_on()
    {
        var first = ServicePlanner.Plan(Seen.Of());
        var served = ServicePlanner.Plan(Seen.Of(running: Seen.Ready(first.Engine(), "http://127.0.0.1:1")));
        var spec = Seen.Spec with { RestartedAt = Seen.Now, Engine = new ComponentSpec { CanaryTrafficPercent = 10 } };
        var seen = Seen.Of(spec, running: Seen.Ready(first.Engine(), "http://127.0.0.1:1")) with { Revisions = served.Rollout!.Keep };
        var plan = ServicePlanner.Plan(seen);

        var status = ServicePlanner.Refused(plan.Status, plan.Workloads.Single(w => w.Key.Name == "s-canary"), "no such program", seen);

        Assert.Equal("False no such program", status.Conditions.Find("CanaryHealthy") is { } canary ? $"{canary.Status} {canary.Message}" : null);
        Assert.Equal(("True", "True"), (status.Conditions.Find("EngineReady")!.Status, status.Conditions.Find("Ready")!.Status));
    }
}
