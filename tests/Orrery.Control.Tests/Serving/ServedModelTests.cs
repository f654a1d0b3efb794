using Orrery.Control.Residency;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Control.Serving.External;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>OME's model status, of which OME itself writes next to nothing.</summary>
public sealed class ServedModelTests
{
    private static ServedModelStatus Of(ServiceObservation seen) => ServicePlanner.Plan(seen).Status.ModelStatus!;

    private static (string?, string?, string?, string?) Short(ServedModelStatus status)
        => (status.TransitionStatus, status.ModelRevisionStates!.ActiveModelState, status.ModelRevisionStates.TargetModelState, status.LastFailureInfo?.Reason);

    private static WorkloadState State(params ReplicaState[] replicas) => new(new WorkloadKey("default", "s-engine"), Revision, replicas.Length, replicas);

    private static string Revision => ServicePlanner.Plan(Seen.Of()).Engine().Revision;

    private static ReplicaState Replica(ReplicaPhase phase, ReplicaExit? exit = null, string message = "", string? revision = null)
        => new($"s-engine-{phase}", revision ?? Revision, phase, 0, message, phase == ReplicaPhase.Ready ? "unix:/x" : null, Seen.Now, exit);

    [Fact]
    public void The_way_into_memory_is_told_from_the_first_look_to_the_first_answer()
    {
        var arriving = Seen.Model with { Status = new ModelStatus { State = "In_Transit" } };
        var idle = Seen.Spec with { Engine = new ComponentSpec { MinReplicas = 0 } };

        Assert.Equal(("InProgress", "Pending", "Pending", null), Short(Of(Seen.Of(model: arriving))));
        Assert.Equal(("InProgress", "Loading", "Loading", null), Short(Of(Seen.Of())));
        Assert.Equal(("InProgress", "Loading", "Loading", null), Short(Of(Seen.Of(running: State(Replica(ReplicaPhase.Starting))))));
        Assert.Equal(("UpToDate", "Loaded", "Loaded", null), Short(Of(Seen.Of(running: State(Replica(ReplicaPhase.Ready))))));
        Assert.Equal(("UpToDate", "Standby", "Standby", null), Short(Of(Seen.Of(idle))));
        Assert.Equal(("InProgress", "Loaded", "Loading", null), Short(Of(Seen.Of(Seen.Spec with { RestartedAt = Seen.Now }, running: State(Replica(ReplicaPhase.Ready))))));
    }

    [Fact]
    public void One_that_was_stopped_for_another_stands_by_and_has_failed_at_nothing()
    {
        var evicted = Seen.Of() with { Grant = new Grant(0, GrantOutcome.Evicted, "for another") };
        var tooLarge = Seen.Of() with { Grant = new Grant(0, GrantOutcome.TooLarge, "too large") };

        Assert.Equal(("UpToDate", "Standby", "Standby", null), Short(Of(evicted)));
        Assert.Equal(("BlockedByFailedLoad", "FailedToLoad", "FailedToLoad", "TooLarge"), Short(Of(tooLarge)));
    }

    [Fact]
    public void A_server_elsewhere_has_a_model_status_too()
    {
        var spec = new InferenceServiceSpec { External = new ExternalEndpoint { Url = "https://api.example.com/v1" } };
        var failing = Seen.Of(spec) with { External = new ExternalAnswer.Fails("Unauthorized", "its key is refused") };
        var nowhere = Seen.Of();
        nowhere = nowhere with { Document = nowhere.Document.Edit(j => j["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["orrery.dev/deploymentMode"] = "VirtualDeployment" }) };

        Assert.Equal(("InProgress", "Pending", "Pending", null), Short(Of(Seen.Of(spec))));
        Assert.Equal(("UpToDate", "Loaded", "Loaded", null), Short(Of(Seen.Of(spec) with { External = new ExternalAnswer.Answers(null) })));
        Assert.Equal(("BlockedByFailedLoad", "FailedToLoad", "FailedToLoad", "RuntimeUnhealthy"), Short(Of(failing)));
        Assert.Equal(("InvalidSpec", "Pending", "Pending", "InvalidPredictorSpec"), Short(Of(nowhere)));
        var failure = Of(failing).LastFailureInfo!;
        Assert.Equal(("https://api.example.com/v1", "its key is refused", Seen.Now), (failure.Location, failure.Message, failure.Time));
        Assert.Equal(Seen.Now, Of(failing.Remembering(ServicePlanner.Plan(failing)) with { Now = Seen.Now.AddHours(1) }).LastFailureInfo!.Time);
    }

    [Fact]
    public void Every_refusal_has_its_word()
    {
        InferenceServiceSpec Named(string runtime) => Seen.Spec with { Runtime = new RuntimeReference { Name = runtime } };
        var failed = Seen.Model with { Status = new ModelStatus { State = "Failed", Conditions = [Conditions.False("Ready", "X", "no such file")] } };

        Assert.Equal(("InvalidSpec", "Pending", "Pending", "BaseModelNotFound"), Short(Of(Seen.Of() with { Model = null })));
        Assert.Equal("BaseModelDisabled", Of(Seen.Of(model: Seen.Model with { Spec = new ModelSpec { Disabled = true } })).LastFailureInfo!.Reason);
        Assert.Equal(("BlockedByFailedLoad", "FailedToLoad", "FailedToLoad", "BaseModelNotReady"), Short(Of(Seen.Of(model: failed))));
        Assert.Equal("NoSupportingRuntime", Of(Seen.Of() with { Runtimes = [] }).LastFailureInfo!.Reason);
        Assert.Equal("RuntimeNotRecognized", Of(Seen.Of(Named("other"))).LastFailureInfo!.Reason);
        Assert.Equal("RuntimeDisabled", Of(Seen.Of(Named("r"), Seen.Runtime with { Disabled = true })).LastFailureInfo!.Reason);
        Assert.Equal("InvalidRouterSpec", Of(Seen.Of(Seen.Spec with { Router = new ComponentSpec() }, running: State(Replica(ReplicaPhase.Ready)))).LastFailureInfo!.Reason);
    }

    [Fact]
    public void A_replica_that_never_answered_failed_to_load_and_one_that_did_is_unhealthy()
    {
        var exit = new ReplicaExit(3, null, "Error", Seen.Now.AddMinutes(-1));
        var first = Seen.Of(running: State(Replica(ReplicaPhase.Waiting, exit, "exit code 3")));
        var served = ServicePlanner.Plan(Seen.Of(running: State(Replica(ReplicaPhase.Ready))));

        Assert.Equal(("BlockedByFailedLoad", "FailedToLoad", "FailedToLoad", "ModelLoadFailed"), Short(Of(first)));
        Assert.Equal("RuntimeUnhealthy", Of(first.Remembering(served)).LastFailureInfo!.Reason);
        var failure = Of(first).LastFailureInfo!;
        Assert.Equal(("s-engine-Waiting", "exit code 3", 3, exit.At, Revision), (failure.Location, failure.Message, failure.ExitCode, failure.Time, failure.ModelRevisionName));
        Assert.Equal((1, 1), (Of(first).ModelCopies!.FailedCopies, Of(first).ModelCopies!.TotalCopies));
    }

    [Fact]
    public void What_ended_and_came_back_is_still_the_last_thing_that_went_wrong()
    {
        var status = Of(Seen.Of(running: State(Replica(ReplicaPhase.Ready, new ReplicaExit(null, 9, "OOMKilled", Seen.Now)))));

        Assert.Equal(("UpToDate", "Loaded", "Loaded", "RuntimeUnhealthy"), Short(status));
        Assert.Equal("OOMKilled: ended by signal 9", status.LastFailureInfo!.Message);
    }

    [Fact]
    public void A_failure_keeps_its_time_while_it_is_the_same()
    {
        var seen = Seen.Of() with { Runtimes = new List<RuntimeCandidate>() };
        var plan = ServicePlanner.Plan(seen);

        var later = ServicePlanner.Plan(seen.Remembering(plan) with { Now = Seen.Now.AddHours(1) });

        Assert.Equal(Seen.Now, later.Status.ModelStatus!.LastFailureInfo!.Time);
    }

    [Fact]
    public void A_replica_that_complains_of_weights_failed_at_them()
    {
        var spec = Seen.Spec with { Model = new ModelReference { Name = "m", FineTunedWeights = ["w"] } };
        var runtime = Seen.Runtime with { Process = Seen.Process with { WeightArgs = ["$(WEIGHT_PATH)"] } };
        var weight = new FineTunedWeight
        {
            Metadata = new Metadata { Name = "w" }, Spec = new FineTunedWeightSpec { BaseModelRef = new BaseModelReference { Name = "m" } }, Status = new ModelStatus { State = "Ready", Path = "/w/w" },
        };
        var seen = Seen.Of(spec, runtime) with { Weights = new Dictionary<string, FineTunedWeight> { ["w"] = weight } };
        string revision = ServicePlanner.Plan(seen).Engine().Revision;
        var state = State(Replica(ReplicaPhase.Waiting, new ReplicaExit(1, null, "Error", Seen.Now), "/w/w: rank differs", revision)) with { Revision = revision };

        Assert.Equal("FineTuneWeightLoadFailed", Of(seen with { Workloads = new Dictionary<string, WorkloadState> { ["engine"] = state } }).LastFailureInfo!.Reason);
    }
}
