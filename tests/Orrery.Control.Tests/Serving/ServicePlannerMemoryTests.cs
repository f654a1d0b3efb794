using Orrery.Control.Residency;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>What a grant of memory makes of a service.</summary>
public sealed class ServicePlannerMemoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Granted",          2, "True",  "Granted",          2)]
    [InlineData("Fewer",            1, "True",  "FewerReplicas",    1)]
    [InlineData("OverBudget",       2, "True",  "OverBudget",       2)]
    [InlineData("WaitingForMemory", 0, "False", "WaitingForMemory", 0)]
    [InlineData("Evicted",          0, "False", "Evicted",          0)]
    [InlineData("TooLarge",         0, "False", "TooLarge",         0)]
    public void As_many_run_as_are_wanted_and_granted_and_the_condition_says_why(string outcome, int granted, string status, string reason, int replicas)
    {
        var plan = ServicePlanner.Plan(See(Wants(2)) with { Grant = new Grant(granted, Enum.Parse<GrantOutcome>(outcome), "because") });

        Assert.Equal(replicas, plan.Engine().Replicas);
        var condition = plan.Status.Conditions.Find("MemoryGranted")!;
        Assert.Equal((status, reason, "because"), (condition.Status, condition.Reason, condition.Message));
        Assert.Equal(2, plan.Resident!.Wanted);
    }

    [Fact]
    public void An_evicted_service_is_ready_as_one_that_is_scaled_to_zero_and_a_waiting_one_is_not()
    {
        Condition Ready(GrantOutcome outcome) => ServicePlanner.Plan(See(Wants(1)) with { Grant = new Grant(0, outcome, "because") }).Status.Conditions.Find("Ready")!;

        Assert.Equal(("True", "ScaledToZero"), (Ready(GrantOutcome.Evicted).Status, Ready(GrantOutcome.Evicted).Reason));
        Assert.Equal(("False", "WaitingForMemory"), (Ready(GrantOutcome.WaitingForMemory).Status, Ready(GrantOutcome.WaitingForMemory).Reason));
        Assert.Equal(("False", "TooLarge"), (Ready(GrantOutcome.TooLarge).Status, Ready(GrantOutcome.TooLarge).Reason));
    }

    [Fact]
    public void What_never_fits_is_blocked_and_what_others_make_room_for_is_not()
    {
        string? Blocked(GrantOutcome outcome)
        {
            var seen = See(Wants(1)) with { Grant = new Grant(0, outcome, "because") };
            return ServiceConditions.Blocked(seen.Service with { Status = ServicePlanner.Plan(seen).Status });
        }

        Assert.Equal("because", Blocked(GrantOutcome.TooLarge));
        Assert.Null(Blocked(GrantOutcome.WaitingForMemory));
        Assert.Null(Blocked(GrantOutcome.Evicted));
    }

    [Fact]
    public void What_a_service_asks_of_memory_is_what_scaling_wants_with_the_bytes_of_its_fit()
    {
        var spec = Wants(0) with { Priority = 7, Pinned = true };
        var plan = ServicePlanner.Plan(See(spec) with { Demand = new ServiceDemand(1, 0, 0, Now) });

        Assert.Equal((1, 0, 7, true), (plan.Resident!.Wanted, plan.Resident!.Least, plan.Resident!.Priority, plan.Resident!.Pinned));
        // Weights and overhead; keys and values of this model are not known.
        Assert.Equal((1L << 30) + (256L << 20), plan.Resident!.ForeseenBytes);
        Assert.Equal(plan.Engine().Revision, plan.Resident!.Revision);
    }

    [Fact]
    public void What_cannot_be_rendered_keeps_what_runs_and_asks_for_nothing_more()
    {
        var seen = See(Wants(3));
        var plan = ServicePlanner.Plan(seen);
        var state = new WorkloadState(plan.Engine().Key, "r", 1, [new ReplicaState("s-engine-0", "r", ReplicaPhase.Ready, 0, "", null, Now)]);
        var lost = ServicePlanner.Plan(seen with { Model = null, Workloads = new Dictionary<string, WorkloadState> { ["engine"] = state } });

        Assert.Equal((1, 1, 0), (lost.Resident!.Running, lost.Resident!.Wanted, lost.Resident!.Least));
    }

    [Fact]
    public void A_decoder_goes_with_its_engine()
    {
        var spec = Wants(2) with { Decoder = new ComponentSpec { MinReplicas = 3, Process = new ProcessSpec { Command = ["serve", "$(PORT)"] } } };

        Assert.Equal([1, 3], ServicePlanner.Plan(See(spec) with { Grant = new Grant(1, GrantOutcome.Fewer, "") }).Workloads.Select(w => w.Replicas));
        Assert.Equal([0, 0], ServicePlanner.Plan(See(spec) with { Grant = new Grant(0, GrantOutcome.WaitingForMemory, "") }).Workloads.Select(w => w.Replicas));
    }

    [Fact]
    public void Scaling_goes_on_from_what_it_remembers()
    {
        var spec = Wants(1) with { Engine = new ComponentSpec { MinReplicas = 1, MaxReplicas = 9, ScaleTarget = 1 } };
        var busy = ServicePlanner.Plan(See(spec) with { Demand = new ServiceDemand(0, 4, 0, Now) });
        var quiet = ServicePlanner.Plan(See(spec) with { Scaling = busy.Scaling, Now = Now.AddMinutes(1) });

        Assert.Equal((4, 4), (busy.Engine().Replicas, quiet.Engine().Replicas));
        Assert.Equal(TimeSpan.FromMinutes(4), quiet.LookAgain);
        Assert.Equal(1, ServicePlanner.Plan(See(spec)).Engine().Replicas);
    }

    private static InferenceServiceSpec Wants(int replicas) => new() { Model = new ModelReference { Name = "m" }, Engine = new ComponentSpec { MinReplicas = replicas } };

    private static ServiceObservation See(InferenceServiceSpec spec)
    {
        var service = new InferenceService { Metadata = new Metadata { Name = "s", Namespace = "default", Uid = "u", Generation = 1 }, Spec = spec };
        var model = new ObservedModel("BaseModel", "m", new ModelSpec(), new ModelStatus { State = "Ready", Path = "/m", Format = "gguf", SizeBytes = 1L << 30 });
        var runtime = new RuntimeCandidate("ClusterServingRuntime", "r", new RuntimeSpec
        {
            Process = new ProcessSpec { Command = ["serve", "$(PORT)"] }, SupportedModelFormats = [new SupportedModelFormat { ModelFormat = new FormatSpec { Name = "gguf" } }],
        });
        return new ServiceObservation(Document.From(service), service, model, [runtime], ServiceDemand.None, Now) { Place = new Control.Places.ServingPlace { MemoryBytes = 16L << 30, Accelerators = [] } };
    }
}
