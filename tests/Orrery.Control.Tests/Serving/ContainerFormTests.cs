using System.Text.Json;
using Orrery.Control.Places;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>Services that ask for a container, and runtimes that have nothing else.</summary>
public sealed class ContainerFormTests
{
    private static readonly ServingPlace Place = new() { RunsContainers = true };

    private static readonly ContainerSpec Offered = new()
    {
        Name = "ome-container", Image = "example.com/serve:1", Command = ["serve"], Args = ["--tp", "$(TENSOR_PARALLEL_SIZE)", "--model", "$(MODEL_PATH)", "--tag", "$(TAG)"],
        Env = [new ContainerEnvVar { Name = "TAG", Value = "<$(SERVED_MODEL_NAME)>" }],
        ReadinessProbe = Json("""{"httpGet": {"path": "/ready", "port": 8000}}"""),
        LivenessProbe = Json("""{"periodSeconds": 7, "timeoutSeconds": 4, "failureThreshold": 6}"""),
        StartupProbe = Json("""{"failureThreshold": 100, "periodSeconds": 6}"""),
    };

    private static readonly RuntimeSpec Both = Seen.Runtime with { EngineConfig = new ComponentSpec { Runner = Offered } };

    private static readonly RuntimeSpec OnlyContainer = Both with { Process = null };

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private static InferenceServiceSpec Asking(ContainerSpec runner) => Seen.Spec with { Engine = new ComponentSpec { Runner = runner } };

    [Fact]
    public void A_process_goes_before_a_container_that_nobody_asked_for()
    {
        var workload = ServicePlanner.Plan(Seen.Of(runtime: Both, place: Place)).Engine();

        Assert.NotNull(workload.Process);
        Assert.Null(workload.Container);
    }

    [Fact]
    public void A_runtime_with_nothing_else_runs_as_a_container_with_the_model_for_reading_at_its_own_path()
    {
        var workload = ServicePlanner.Plan(Seen.Of(runtime: OnlyContainer, place: Place)).Engine();

        Assert.Null(workload.Process);
        var container = workload.Container!;
        Assert.Equal(("example.com/serve:1", 8080, "IfNotPresent"), (container.Image, container.Port, container.PullPolicy));
        Assert.Equal(["--tp", "1", "--model", "/models/m.gguf", "--tag", "<m>"], container.Args);
        Assert.Equal([new ContainerMount("/models/m.gguf", "/models/m.gguf")], container.Mounts);
        Assert.Equal(["TAG=<m>", "MODEL_PATH=/models/m.gguf", "PARALLELISM_SIZE=1", "SERVED_MODEL_NAME=m"], container.Env.Select(e => $"{e.Name}={e.Value}"));
        Assert.Equal(("/ready", 600, 7, 4, 6), (workload.Probe.HealthPath, (int)workload.Probe.StartupTimeout.TotalSeconds, (int)workload.Probe.Period.TotalSeconds, (int)workload.Probe.Timeout.TotalSeconds, workload.Probe.FailureThreshold));
    }

    [Fact]
    public void The_services_container_is_merged_over_the_runtimes_and_its_arguments_follow()
    {
        var runner = new ContainerSpec { Args = ["--more"], Env = [new ContainerEnvVar { Name = "X", Value = "1" }], Ports = [new ContainerPort { Number = 9000 }] };

        var container = ServicePlanner.Plan(Seen.Of(Asking(runner), Both, place: Place)).Engine().Container!;

        Assert.Equal(("example.com/serve:1", 9000), (container.Image, container.Port));
        Assert.Equal(["--tp", "1", "--model", "/models/m.gguf", "--tag", "<m>", "--more"], container.Args);
        Assert.Equal(["MODEL_PATH", "PARALLELISM_SIZE", "SERVED_MODEL_NAME", "TAG", "X"], container.Env.Select(e => e.Name).Order());
    }

    [Theory]
    [InlineData(null,     false)]
    [InlineData("podman", true)]
    public void Containers_run_where_a_node_names_what_runs_them(string? engine, bool run)
    {
        var node = new Node { Metadata = new Metadata { Name = "n", Labels = engine is null ? null : new Dictionary<string, string> { [NodeInventory.ContainersLabel] = engine } }, Spec = new NodeSpec() };

        Assert.Equal(run, ServingPlace.Of([node], [], []).RunsContainers);
    }

    [Fact]
    public void A_container_where_none_runs_is_refused_with_what_to_write_instead()
    {
        var plan = ServicePlanner.Plan(Seen.Of(Asking(new ContainerSpec { Image = "i" }), Both, place: ServingPlace.Processes));

        Assert.Empty(plan.Workloads);
        Assert.Equal("ContainersDoNotRunHere", plan.Find("Ready").Reason);
        Assert.Contains("spec.engine.process", plan.Find("Ready").Message);
    }

    [Fact]
    public void A_container_without_an_image_or_with_a_variable_from_elsewhere_is_refused_by_field()
    {
        var fromMap = new ContainerSpec { Image = "i", Env = [new ContainerEnvVar { Name = "X", ValueFrom = Json("""{"configMapKeyRef": {"name": "c", "key": "k"}}""") }] };

        Assert.Contains("spec.engine.runner.image", ServicePlanner.Plan(Seen.Of(Asking(new ContainerSpec { Args = ["x"] }), place: Place)).Find("Ready").Message);
        Assert.Contains("the value of 'X' can come from a secretKeyRef alone", ServicePlanner.Plan(Seen.Of(Asking(fromMap), place: Place)).Find("Ready").Message);
    }

    [Fact]
    public void A_secret_stays_out_of_arguments()
    {
        var runner = new ContainerSpec { Args = ["--key", "$(KEY)"], Env = [new ContainerEnvVar { Name = "KEY", ValueFrom = Json("""{"secretKeyRef": {"name": "s", "key": "k"}}""") }] };
        var seen = Seen.Of(Asking(runner), Both, place: Place) with { Secrets = new Dictionary<string, ObservedSecret> { ["s"] = new("5", ["k"]) } };

        var container = ServicePlanner.Plan(seen).Engine().Container!;

        Assert.Equal("$(KEY)", container.Args[^1]);
        Assert.Contains(new WorkloadVariable("KEY", "", new SecretValue("s", "k", "5")), container.Env);
    }

    [Fact]
    public void A_file_that_is_one_of_several_brings_its_folder()
    {
        var model = Seen.Model with { Status = Seen.Model.Status! with { Path = "/models/m/big-00001-of-00003.gguf" } };

        Assert.Equal([new ContainerMount("/models/m", "/models/m")], ServicePlanner.Plan(Seen.Of(runtime: OnlyContainer, model: model, place: Place)).Engine().Container!.Mounts);
    }
}
