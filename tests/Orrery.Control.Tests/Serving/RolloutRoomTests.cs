using System.Text.Json;
using Orrery.Control.Places;
using Orrery.Control.Residency;
using Orrery.Control.Revisions;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>What a change of a service takes of the memory that all share.</summary>
public sealed class RolloutRoomTests
{
    private const long GiB = 1L << 30;

    private static readonly ServingPlace Machine = new() { MemoryBytes = 64 * GiB, Accelerators = [] };

    private static InferenceServiceSpec Spec(string rolling = "{}", int? canary = null) => Seen.Spec with
    {
        Engine = new ComponentSpec { MinReplicas = 2, CanaryTrafficPercent = canary, DeploymentStrategy = Json($$"""{"rollingUpdate": {{rolling}}}""") },
    };

    private static JsonElement Json(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    /// <summary>Two replicas of an earlier revision answer.</summary>
    private static ServiceObservation Replacing(string rolling = "{}")
        => Seen.Of(Spec(rolling), place: Machine, running: Running("engine", "old", 2));

    private static WorkloadState Running(string part, string revision, int replicas) => new(
        new WorkloadKey("default", $"s-{part}"), revision, replicas,
        [.. Enumerable.Range(0, replicas).Select(i => new ReplicaState($"s-{part}-{i}", revision, ReplicaPhase.Ready, 0, "", "unix:/x", Seen.Now))]);

    private static ServiceObservation Trying(int running = 0, params string[] missing)
    {
        var seen = Seen.Of(Spec(canary: 50), place: Machine);
        var served = ServicePlanner.Plan(seen).Engine() with { Revision = "old" };
        return seen with
        {
            Revisions = [new ServiceRevision("s-old", 1, Json("{}"), served) { RolledOutAt = Seen.Now, Missing = missing }],
            Workloads = running == 0 ? new Dictionary<string, WorkloadState>() : new Dictionary<string, WorkloadState> { ["engine"] = Running("engine", "old", running) },
        };
    }

    private static ServicePlan With(ServiceObservation seen, int granted) => ServicePlanner.Plan(seen with { Grant = new Grant(granted, GrantOutcome.Fewer, "because") });

    [Fact]
    public void Replicas_that_surge_are_asked_for_while_there_are_some_to_replace()
    {
        ResidentService Asked(ServiceObservation seen) => ServicePlanner.Plan(seen).Resident!;

        Assert.Equal((3, 1, 3), (Asked(Replacing()).Wanted, Asked(Replacing()).Extra, Asked(Replacing()).Least));
        Assert.Equal((4, 2), (Asked(Replacing("""{"maxSurge": 5}""")).Wanted, Asked(Replacing("""{"maxSurge": 5}""")).Extra));
        Assert.Equal(2, Asked(Replacing("""{"maxSurge": 0, "maxUnavailable": 1}""")).Wanted);
        Assert.Equal(2, Asked(Seen.Of(Spec() with { Paused = true }, place: Machine, running: Running("engine", "old", 2))).Wanted);
        Assert.Equal(2, Asked(Seen.Of(Spec(), place: Machine)).Wanted);
        var done = ServicePlanner.Plan(Seen.Of(Spec(), place: Machine)).Engine().Revision;
        Assert.Equal(2, Asked(Seen.Of(Spec(), place: Machine, running: Running("engine", done, 2))).Wanted);
    }

    [Fact]
    public void With_room_replicas_surge_and_without_an_earlier_one_goes_first()
    {
        var (room, none) = (With(Replacing(), 3), With(Replacing(), 2));

        Assert.Equal((2, 1, 0), (room.Engine().Replicas, room.Engine().MaxSurge, room.Engine().MaxUnavailable));
        Assert.DoesNotContain("goes first", room.Find("RolledOut").Message, StringComparison.Ordinal);
        Assert.Equal((2, 0, 1), (none.Engine().Replicas, none.Engine().MaxSurge, none.Engine().MaxUnavailable));
        Assert.Contains("memory has no room for one more, so an earlier one goes first", none.Find("RolledOut").Message, StringComparison.Ordinal);
        Assert.Equal(1, With(Replacing("""{"maxSurge": 2}"""), 3).Engine().MaxSurge);
    }

    [Theory]
    [InlineData(ReplicaPhase.Stopping, 0)]
    [InlineData(ReplicaPhase.Starting, 0)]
    [InlineData(ReplicaPhase.Waiting, 1)]
    public void Without_room_the_next_one_comes_when_the_earlier_one_has_left_its_memory(ReplicaPhase phase, int surge)
    {
        var state = Running("engine", "old", 1);
        var seen = Seen.Of(Spec("""{"maxUnavailable": 0}"""), place: Machine, running: state with { Replicas = [state.Replicas[0] with { Phase = phase }] });

        Assert.Equal((surge, false), (With(seen, 2).Engine().MaxSurge, With(seen, 2).Engine().Paused));
    }

    [Fact]
    public void Where_none_may_be_missing_it_waits_for_room_and_says_what_to_do()
    {
        var strict = Replacing("""{"maxUnavailable": 0}""");

        Assert.True(With(strict, 2).Engine().Paused);
        Assert.Equal(("Unknown", "WaitingForMemory"), (With(strict, 2).Find("RolledOut").Status, With(strict, 2).Find("RolledOut").Reason));
        Assert.Contains("set it to 1", With(strict, 2).Find("RolledOut").Message, StringComparison.Ordinal);
        Assert.False(With(strict, 3).Engine().Paused);
        Assert.False(With(strict, 2).Status.Conditions.Find("Ready")!.Reason == "WaitingForMemory");
    }

    [Fact]
    public void A_canary_has_as_many_replicas_as_there_is_room_for_beside_those_that_serve()
    {
        Assert.Equal((3, 1), (ServicePlanner.Plan(Trying()).Resident!.Wanted, ServicePlanner.Plan(Trying()).Resident!.Extra));
        Assert.Equal([2, 1], With(Trying(), 3).Workloads.Select(w => w.Replicas));

        var none = With(Trying(), 2);
        Assert.Equal([2, 0], none.Workloads.Select(w => w.Replicas));
        Assert.Equal(("Unknown", "WaitingForMemory"), (none.Find("CanaryHealthy").Status, none.Find("CanaryHealthy").Reason));
    }

    [Fact]
    public void Another_canary_comes_when_the_one_before_is_gone() => Assert.Equal(0, ServicePlanner.Plan(Trying()).Workloads[1].MaxSurge);

    [Fact]
    public void A_kept_revision_whose_model_files_are_gone_starts_no_replica_and_says_what_leads_out()
    {
        var (gone, serves) = (ServicePlanner.Plan(Trying(0, "/models/v1")), ServicePlanner.Plan(Trying(1, "/models/v1")));

        Assert.Equal([0, 1], gone.Workloads.Select(w => w.Replicas));
        Assert.Equal(("False", "ModelFilesGone"), (gone.Find("Ready").Status, gone.Find("Ready").Reason));
        Assert.Contains("revision old reads /models/v1, which is gone", gone.Find("RolledOut").Message, StringComparison.Ordinal);
        Assert.Contains("canaryTrafficPercent: 100 gives all requests to", gone.Find("EngineReady").Message, StringComparison.Ordinal);
        Assert.Equal([1, 1], serves.Workloads.Select(w => w.Replicas));
        Assert.Equal([2, 1], ServicePlanner.Plan(Trying(1)).Workloads.Select(w => w.Replicas));
    }

    [Fact]
    public void One_that_is_paused_at_such_a_revision_says_that_resuming_leads_out()
    {
        var seen = Trying(0, "/models/v1");
        seen = seen with { Service = seen.Service with { Spec = Spec() with { Paused = true } } };

        Assert.Equal(0, ServicePlanner.Plan(seen).Engine().Replicas);
        Assert.Contains("`orrery rollout resume` begins", ServicePlanner.Plan(seen).Find("EngineReady").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_canary_is_left_as_it_is_while_the_engine_cannot_be_rendered()
    {
        var wrong = Seen.Of(Spec("""{"maxSurge": "much"}""", canary: 50), place: Machine, running: [Running("engine", "old", 2), Running("canary", "new", 1)]);

        Assert.Equal("InvalidSpec", ServicePlanner.Plan(wrong).Find("EngineReady").Reason);
        Assert.Empty(ServicePlanner.Plan(wrong).Unwanted);
    }

    [Fact]
    public void Other_parts_are_foreseen_by_their_fit_or_their_limit()
    {
        var limited = new ResourceRequirements { Limits = new Dictionary<string, JsonElement> { ["memory"] = Json("\"1Gi\"") } };
        var spec = Seen.Spec with
        {
            Decoder = new ComponentSpec { MinReplicas = 3, Process = Seen.Process },
            Router = new ComponentSpec { Process = Seen.Process with { Resources = limited } },
        };
        var plan = ServicePlanner.Plan(Seen.Of(spec, place: Machine));

        Assert.Equal((3 * (1_050_000_000 + (256L << 20))) + GiB, plan.Resident!.BesideForeseenBytes);
        Assert.False(plan.Resident.IsBesideUp);
        Assert.True(ServicePlanner.Plan(Seen.Of(spec, place: Machine, running: [Running("decoder", "x", 3), Running("router", "x", 1)])).Resident!.IsBesideUp);
    }

    [Fact]
    public void One_that_lacks_a_secret_asks_for_no_memory()
    {
        var process = Seen.Process with { Env = [new EnvVar { Name = "K", ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeyReference { Name = "none", Key = "k" } } }] };
        var plan = ServicePlanner.Plan(Seen.Of(Seen.Spec with { Engine = new ComponentSpec { Process = process } }, place: Machine));

        Assert.Equal("SecretMissing", plan.Find("Ready").Reason);
        Assert.Equal(0, plan.Resident!.Wanted);
    }
}
