using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

public sealed class ServicePlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly RuntimeCandidate Runtime = new("ClusterServingRuntime", "orrery", new RuntimeSpec
    {
        Process = new ProcessSpec
        {
            Command = ["orrery", "engine", "--model", "$(MODEL_PATH)", "--socket", "$(SOCKET)"],
            Env = [new EnvVar { Name = "MODEL", Value = "<$(MODEL_NAME)> & \"co\"" }],
        },
        SupportedModelFormats = [new SupportedModelFormat { ModelFormat = new FormatSpec { Name = "gguf" } }],
    });

    private static ObservedModel Model(string state = "Ready") => new(
        "ClusterBaseModel", "m", new ModelSpec(), new ModelStatus
        {
            State = state, Path = state == "Ready" ? "/models/m.gguf" : null, Format = "gguf",
            Conditions = [state == "Ready" ? Conditions.True("Ready", "FilesUnderstood") : Conditions.False("Ready", "FileNotFound", "no file at '/x'")],
        });

    private static ServiceObservation See(
        InferenceServiceSpec? spec = null, ObservedModel? model = null, WorkloadState? engine = null, ServiceDemand? demand = null,
        IReadOnlyList<RuntimeCandidate>? runtimes = null, bool noModel = false)
    {
        var service = new InferenceService
        {
            Metadata = new Metadata { Name = "s", Namespace = "default", Uid = "uid-1", Generation = 3 },
            Spec = spec ?? new InferenceServiceSpec { Model = new ModelReference { Name = "m" } },
        };
        return new ServiceObservation(
            Document.From(service), service, noModel ? null : model ?? Model(), runtimes ?? [Runtime], demand ?? ServiceDemand.None, Now)
        {
            Workloads = engine is null ? new Dictionary<string, WorkloadState>() : new Dictionary<string, WorkloadState> { ["engine"] = engine },
        };
    }

    private static WorkloadState Running(ServicePlan plan, params ReplicaPhase[] phases) => new(
        plan.Engine().Key, plan.Engine().Revision, plan.Engine().Replicas!.Value,
        [.. phases.Select((p, i) => new ReplicaState($"s-engine-{i}", plan.Engine().Revision, p, 0, p == ReplicaPhase.Waiting ? "exit code 3" : "", null, Now, p == ReplicaPhase.Waiting ? new ReplicaExit(3, null, "Error", Now) : null))]);

    private static Condition Find(ServicePlan plan, string type) => plan.Status.Conditions.Find(type)!;

    [Fact]
    public void A_service_whose_model_is_on_its_way_waits_and_says_so_without_figures_that_change()
    {
        var way = Conditions.Unknown("Ready", "Downloading", "30 %");
        var plan = ServicePlanner.Plan(See(model: new ObservedModel("ClusterBaseModel", "m", new ModelSpec(), new ModelStatus { State = "In_Transit", Conditions = [way] })));

        Assert.Empty(plan.Workloads);
        Assert.Equal(("Unknown", "ModelArriving"), (Find(plan, "ModelResolved").Status, Find(plan, "ModelResolved").Reason));
        Assert.Equal("ClusterBaseModel 'm' is on its way; `orrery models` shows how far", Find(plan, "ModelResolved").Message);
    }

    [Fact]
    public void The_workload_is_rendered_from_model_and_runtime_as_plain_text()
    {
        var workload = ServicePlanner.Plan(See()).Engine();

        Assert.Equal(new WorkloadKey("default", "s-engine"), workload.Key);
        Assert.Equal(["orrery", "engine", "--model", "/models/m.gguf", "--socket", "$(SOCKET)"], workload.Process!.Command);
        Assert.Equal("<m> & \"co\"", Assert.Single(workload.Process.Env).Value);
        Assert.Equal(1, workload.Replicas);
        Assert.Equal("uid-1", workload.Owner.Uid);
        Assert.Equal("/v1/completions", workload.Probe.FirstRequestPath);
    }

    /// <summary>An embedding model completes no text, and would never be ready if it were asked to.</summary>
    [Theory]
    [InlineData("nothing is known", null, null, "/v1/completions")]
    [InlineData("the files say it", null, "EMBEDDING", "/v1/embeddings")]
    [InlineData("the files say another thing", null, "TEXT_TO_TEXT", "/v1/completions")]
    [InlineData("the spec says it", "TEXT_EMBEDDINGS", "TEXT_TO_TEXT", "/v1/embeddings")]
    [InlineData("the spec wins", "TEXT_TO_TEXT", "EMBEDDING", "/v1/completions")]
    public void The_first_request_is_of_what_the_model_is_for(string because, string? asked, string? found, string path)
    {
        var model = Model();
        model = model with
        {
            Spec = new ModelSpec { ModelCapabilities = asked is null ? null : [asked] },
            Status = model.Status! with { Capabilities = found is null ? null : [found] },
        };

        Assert.True(path == ServicePlanner.Plan(See(model: model)).Engine().Probe.FirstRequestPath, because);
    }

    [Theory]
    [InlineData(null, null, 2)]
    [InlineData(null, 30, 30)]
    [InlineData(7, 30, 7)]
    public void A_process_can_be_told_how_long_it_has_to_end(int? ofRuntime, int? ofService, int expected)
    {
        var runtime = Runtime with { Spec = Runtime.Spec with { Process = Runtime.Spec.Process! with { TerminationGracePeriodSeconds = ofRuntime, Args = ["--grace-period", "$(GRACE_PERIOD_SECONDS)"] } } };
        var spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, Engine = new ComponentSpec { TerminationGracePeriodSeconds = ofService } };

        var workload = ServicePlanner.Plan(See(spec, runtimes: [runtime])).Engine();

        Assert.Equal($"{expected}", workload.Process!.Command[^1]);
        Assert.Equal(TimeSpan.FromSeconds(expected), workload.DrainTimeout);
    }

    [Fact]
    public void The_same_observation_gives_the_same_revision_and_a_change_of_command_or_uid_another()
    {
        string Revision(ServiceObservation seen) => ServicePlanner.Plan(seen).Engine().Revision;
        var other = Runtime with { Spec = Runtime.Spec with { Process = Runtime.Spec.Process! with { Args = ["--threads", "2"] } } };
        var seen = See();

        Assert.Equal(Revision(See()), Revision(See()));
        Assert.NotEqual(Revision(See()), Revision(See(runtimes: [other])));
        Assert.NotEqual(Revision(seen), Revision(seen with { Document = seen.Document.Edit(j => j["metadata"]!["uid"] = "uid-2") }));
    }

    [Fact]
    public void Replicas_do_not_change_the_revision()
    {
        var two = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, Engine = new ComponentSpec { MinReplicas = 2 } };

        Assert.Equal(ServicePlanner.Plan(See()).Engine().Revision, ServicePlanner.Plan(See(two)).Engine().Revision);
        Assert.Equal(2, ServicePlanner.Plan(See(two)).Engine().Replicas);
    }

    [Fact]
    public void Ready_means_that_enough_replicas_answer()
    {
        var plan = ServicePlanner.Plan(See());

        string Ready(WorkloadState? state)
        {
            var condition = Find(ServicePlanner.Plan(See(engine: state)), "Ready");
            return $"{condition.Status} {condition.Reason}";
        }

        Assert.Equal("False Starting", Ready(null));
        Assert.Equal("False Starting", Ready(Running(plan, ReplicaPhase.Starting)));
        Assert.Equal("False ReplicaFailed", Ready(Running(plan, ReplicaPhase.Waiting)));
        Assert.Equal("True ReplicasReady", Ready(Running(plan, ReplicaPhase.Ready) with { Revision = "older" }));
        Assert.Equal("True ReplicasReady", Ready(Running(plan, ReplicaPhase.Ready)));
    }

    [Fact]
    public void A_replica_that_starts_again_has_failed_until_it_answers_and_one_that_waits_for_its_image_has_not()
    {
        var plan = ServicePlanner.Plan(See());
        Condition Ready(Func<ReplicaState, ReplicaState> change)
        {
            var waiting = Running(plan, ReplicaPhase.Waiting);
            return Find(ServicePlanner.Plan(See(engine: waiting with { Replicas = [.. waiting.Replicas.Select(change)] })), "Ready");
        }

        var failed = Ready(r => r);
        var again = Ready(r => r with { Phase = ReplicaPhase.Starting });
        var held = Ready(r => r with { LastExit = null, Message = "podman fetches the image x" });

        // Nothing to write: a service that fails again and again does not change with each try.
        Assert.Equal((failed.Reason, failed.Message), (again.Reason, again.Message));
        Assert.Equal("Starting", held.Reason);
        Assert.Contains("podman fetches the image x", held.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_replica_says_why_in_the_condition()
    {
        var plan = ServicePlanner.Plan(See());

        Assert.Contains("exit code 3", Find(ServicePlanner.Plan(See(engine: Running(plan, ReplicaPhase.Waiting))), "Ready").Message);
    }

    [Theory]
    [InlineData("ModelNotFound", "no model 'm'")]
    public void A_missing_model_is_said_and_nothing_is_started(string reason, string message)
    {
        var plan = ServicePlanner.Plan(See(noModel: true));

        Assert.Empty(plan.Workloads);
        Assert.Equal(reason, Find(plan, "ModelResolved").Reason);
        Assert.Contains(message, Find(plan, "Ready").Message);
        Assert.Null(plan.Status.Conditions.Find("RuntimeSelected"));
    }

    [Fact]
    public void A_model_that_is_not_ready_passes_its_reason_on()
        => Assert.Contains("no file at '/x'", Find(ServicePlanner.Plan(See(model: Model("Failed"))), "Ready").Message);

    [Fact]
    public void A_disabled_model_and_weights_that_the_runtime_cannot_take_are_refused_by_field()
    {
        var weights = new InferenceServiceSpec { Model = new ModelReference { Name = "m", FineTunedWeights = ["w"] } };

        Assert.Contains("spec.disabled", Find(ServicePlanner.Plan(See(model: Model() with { Spec = new ModelSpec { Disabled = true } })), "Ready").Message);
        Assert.Contains("spec.model.fineTunedWeights", Find(ServicePlanner.Plan(See(weights)), "Ready").Message);
        Assert.Equal("FineTunedWeightsNotSupported", Find(ServicePlanner.Plan(See(weights)), "WeightsReady").Reason);
    }

    [Fact]
    public void What_already_serves_goes_on_when_the_model_or_runtime_is_lost()
    {
        var plan = ServicePlanner.Plan(See());

        var lost = ServicePlanner.Plan(See(noModel: true, engine: Running(plan, ReplicaPhase.Ready)));

        Assert.Empty(lost.Workloads);
        Assert.Equal("True", Find(lost, "EngineReady").Status);
        Assert.Equal("False", Find(lost, "Ready").Status);
    }

    [Fact]
    public void A_declared_component_that_nothing_says_how_to_run_keeps_the_service_from_being_ready()
    {
        var spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, Router = new ComponentSpec() };
        var plan = ServicePlanner.Plan(See(spec));

        var running = ServicePlanner.Plan(See(spec, engine: Running(plan, ReplicaPhase.Ready)));

        Assert.Equal("True", Find(running, "EngineReady").Status);
        Assert.Equal(("False", "InvalidSpec"), (Find(running, "Ready").Status, Find(running, "Ready").Reason));
        Assert.Contains("set spec.router.process", Find(running, "Ready").Message);
        Assert.Single(running.Workloads);
    }

    [Fact]
    public void Fields_that_nothing_heeds_yet_are_named_and_others_are_not()
    {
        var spec = new InferenceServiceSpec
        {
            Model = new ModelReference { Name = "m" },
            Engine = new ComponentSpec { MinReplicas = 2, MaxReplicas = 2, ContainerConcurrency = 4, TimeoutSeconds = 5, KedaConfig = new KedaConfig() },
        };
        var autoscaled = spec with { Engine = spec.Engine with { MaxReplicas = 5, ContainerConcurrency = null, TimeoutSeconds = null, KedaConfig = null, ScaleMetric = "rps", ScaleTarget = 3 }, Priority = 1, Pinned = true };

        Assert.Equal("nothing heeds these fields yet: spec.engine.containerConcurrency as a limit (scaling aims at it), spec.engine.timeoutSeconds, spec.engine.kedaConfig", Find(ServicePlanner.Plan(See(spec)), "Accepted").Message);
        Assert.Equal("Valid", Find(ServicePlanner.Plan(See(autoscaled)), "Accepted").Reason);
        Assert.Equal("Valid", Find(ServicePlanner.Plan(See()), "Accepted").Reason);
    }

    [Fact]
    public void What_nothing_heeds_of_a_runtimes_container_is_named_where_the_service_runs_as_one()
    {
        using var list = System.Text.Json.JsonDocument.Parse("[{}]");
        var container = new ContainerSpec { Name = "ome-container", Image = "i", EnvFrom = list.RootElement };
        var asOme = Runtime with { Spec = Runtime.Spec with { Process = null, EngineConfig = new ComponentSpec { MinReplicas = 1, Runner = container, Volumes = list.RootElement } } };
        var inline = Runtime with { Spec = Runtime.Spec with { Process = null, Containers = [new ContainerSpec { Name = "side" }, container], Volumes = list.RootElement } };
        var both = Runtime with { Spec = Runtime.Spec with { EngineConfig = asOme.Spec.EngineConfig } };
        string Accepted(RuntimeCandidate runtime) => Find(ServicePlanner.Plan(See(runtimes: [runtime]) with { Place = new Control.Places.ServingPlace { RunsContainers = true } }), "Accepted").Message;

        Assert.Equal("nothing heeds these fields yet: of ClusterServingRuntime 'orrery': spec.engineConfig.volumes, spec.engineConfig.runner.envFrom", Accepted(asOme));
        Assert.Equal("nothing heeds these fields yet: of ClusterServingRuntime 'orrery': spec.volumes, spec.containers[1].envFrom, spec.containers[0]", Accepted(inline));
        Assert.Equal("every field is heeded", Find(ServicePlanner.Plan(See(runtimes: [both])), "Accepted").Message);
    }

    [Fact]
    public void A_workload_that_the_runtime_refuses_is_a_condition_with_its_reason()
    {
        var seen = See();

        var status = ServicePlanner.Refused(ServicePlanner.Plan(seen).Status, ServicePlanner.Plan(seen).Engine(), "its name is too long", seen);

        Assert.Equal(("False", "WorkloadRefused", "its name is too long"), (status.Conditions.Find("EngineReady")!.Status, status.Conditions.Find("EngineReady")!.Reason, status.Conditions.Find("EngineReady")!.Message));
        Assert.Contains("its name is too long", status.Conditions.Find("Ready")!.Message);
        Assert.Single(status.Conditions!, c => c.Type == "Ready");
    }

    [Fact]
    public void Deleting_status_changes_no_decision()
    {
        var seen = See();
        var forgotten = seen with { Service = seen.Service with { Status = null } };
        var remembered = seen with { Service = seen.Service with { Status = ServicePlanner.Plan(seen).Status } };

        Assert.Equal(ServicePlanner.Plan(forgotten).Engine().Revision, ServicePlanner.Plan(remembered).Engine().Revision);
        Assert.Equal(ServicePlanner.Plan(forgotten).Engine().Replicas, ServicePlanner.Plan(remembered).Engine().Replicas);
    }

    [Fact]
    public void A_transition_time_stays_while_the_status_stays()
    {
        var first = See();
        var later = first with { Now = Now.AddMinutes(1), Service = first.Service with { Status = ServicePlanner.Plan(first).Status } };

        Assert.Equal(Now, Find(ServicePlanner.Plan(later), "Ready").LastTransitionTime);
    }

    [Fact]
    public void The_status_says_where_clients_reach_the_service()
    {
        Assert.Equal("http://127.0.0.1:8080/v1", ServicePlanner.Plan(Seen.Of() with { Url = "http://127.0.0.1:8080/v1" }).Status.Url);
        Assert.Null(ServicePlanner.Plan(Seen.Of()).Status.Url);
    }
}
