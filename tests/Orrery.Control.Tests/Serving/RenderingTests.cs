using System.Text.Json;
using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Control.Serving;
using Orrery.Control.Serving.Components;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>What stands in a rendered workload.</summary>
public sealed class RenderingTests
{
    private const long GiB = 1L << 30;

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private static InferenceServiceSpec With(ComponentSpec engine) => Seen.Spec with { Engine = engine };

    private static Workload Engine(InferenceServiceSpec? spec = null, RuntimeSpec? runtime = null, ServingPlace? place = null)
        => ServicePlanner.Plan(Seen.Of(spec, runtime, place: place)).Engine();

    /// <summary>OME renders arguments as HTML: quotes of JSON arrive as entities.</summary>
    [Fact]
    public void Text_is_never_escaped_and_what_was_filled_in_is_not_looked_at_again()
    {
        const string Raw = """{"a": "<b> & 'c' &amp; $(d) \n %s"}""";
        var model = Seen.Model with { Name = "<$(MODEL_PATH)>&\"'" };
        var process = Seen.Process with { Args = [Raw, "$(MODEL_NAME)", "$(UNKNOWN) $(", "$(MODEL_PATH)$(MODEL_PATH)"], Env = [new EnvVar { Name = "X", Value = Raw }] };

        var workload = ServicePlanner.Plan(Seen.Of(runtime: Seen.Runtime with { Process = process }, model: model)).Engine();

        Assert.Equal([Raw, "<$(MODEL_PATH)>&\"'", "$(UNKNOWN) $(", "/models/m.gguf/models/m.gguf"], workload.Process!.Command.TakeLast(4));
        Assert.Equal(Raw, Assert.Single(workload.Process.Env).Value);
    }

    [Fact]
    public void The_time_to_start_follows_the_bytes_of_the_model_unless_it_is_given()
    {
        Assert.Equal((TimeSpan.FromSeconds(130), 1_050_000_000L), (Engine().Probe.StartupTimeout, Engine().ModelBytes));
        Assert.Equal(TimeSpan.FromSeconds(7), Engine(With(new ComponentSpec { Process = Seen.Process with { StartupTimeoutSeconds = 7 } })).Probe.StartupTimeout);
    }

    [Fact]
    public void Health_checks_are_as_the_process_says()
    {
        var probe = Engine(With(new ComponentSpec
        {
            Process = Seen.Process with { HealthPath = "/up", HealthPeriodSeconds = 11, HealthTimeoutSeconds = 12, HealthFailureThreshold = 13 },
        })).Probe;

        Assert.Equal(("/up", 11, 12, 13), (probe.HealthPath, (int)probe.Period.TotalSeconds, (int)probe.Timeout.TotalSeconds, probe.FailureThreshold));
    }

    [Fact]
    public void Resources_are_limits_and_accelerators_those_that_are_named_or_else_those_that_were_chosen()
    {
        var place = new ServingPlace { Accelerators = [new AcceleratorOffer("h100") { Resource = "example.com/gpu", MemoryBytes = 80 * GiB, Nodes = ["n"], Total = 8, Free = 8, PerNode = 8 }] };
        var chosen = Seen.Spec with { AcceleratorSelector = new AcceleratorSelector { AcceleratorClass = "h100" } };
        var asked = new ResourceRequirements
        {
            Limits = new Dictionary<string, JsonElement> { ["memory"] = Json("\"4Gi\""), ["cpu"] = Json("\"1500m\"") },
            Requests = new Dictionary<string, JsonElement> { ["memory"] = Json("\"8Gi\""), ["example.com/gpu"] = Json("3") },
        };

        Assert.Equal(WorkloadResources.Unlimited, Engine().Resources);
        Assert.Equal(new AcceleratorShare("example.com/gpu", 1, "h100"), Engine(chosen, place: place).Resources.Accelerators);
        Assert.Equal(
            new WorkloadResources(4 * GiB, 1.5, new AcceleratorShare("example.com/gpu", 3, null)), Engine(With(new ComponentSpec { Process = Seen.Process with { Resources = asked } })).Resources);
    }

    [Fact]
    public void Accelerators_of_two_kinds_for_one_replica_are_refused_by_name()
    {
        var asked = new ResourceRequirements { Limits = new Dictionary<string, JsonElement> { ["nvidia.com/gpu"] = Json("1"), ["amd.com/gpu"] = Json("1") } };

        var plan = ServicePlanner.Plan(Seen.Of(With(new ComponentSpec { Process = Seen.Process with { Resources = asked } })));

        Assert.Empty(plan.Workloads);
        Assert.Contains("spec.engine.process.resources: names amd.com/gpu and nvidia.com/gpu", plan.Find("Ready").Message);
    }

    [Theory]
    [InlineData("nothing is said", null, 4, 1, 0)]
    [InlineData("a strategy without numbers", """{"type": "RollingUpdate"}""", 4, 1, 0)]
    [InlineData("numbers", """{"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 2}}""", 4, 0, 2)]
    [InlineData("the surge is rounded up, the unavailable ones down", """{"rollingUpdate": {"maxSurge": "30%", "maxUnavailable": "30%"}}""", 4, 2, 1)]
    [InlineData("both 0 by rounding alone", """{"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "10%"}}""", 4, 0, 1)]
    [InlineData("all at once", """{"type": "Recreate"}""", 4, 0, 4)]
    public void A_strategy_bounds_what_is_above_and_below(string because, string? strategy, int replicas, int surge, int unavailable)
    {
        var workload = Engine(With(new ComponentSpec { MinReplicas = replicas, DeploymentStrategy = strategy is null ? null : Json(strategy) }));

        Assert.True((surge, unavailable) == (workload.MaxSurge, workload.MaxUnavailable), $"{because}: {workload.MaxSurge}, {workload.MaxUnavailable}");
    }

    [Theory]
    [InlineData("""{"rollingUpdate": {"maxSurge": 0}}""", "must not both be 0")]
    [InlineData("""{"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": "0%"}}""", "must not both be 0")]
    [InlineData("""{"rollingUpdate": {"maxSurge": "many"}}""", "maxSurge: \"many\" must be a number such as 1")]
    [InlineData("""{"rollingUpdate": {"maxSurge": -1}}""", "maxSurge: -1 must be")]
    [InlineData("""{"rollingUpdate": {"maxUnavailable": "101%"}}""", "must not be above 100%")]
    [InlineData("""{"type": "BlueGreen"}""", "'BlueGreen' must be RollingUpdate or Recreate")]
    [InlineData("""{"type": "Recreate", "rollingUpdate": {}}""", "must not be set beside type Recreate")]
    public void A_strategy_that_cannot_be_is_refused_and_what_runs_stays(string strategy, string message)
    {
        var running = Seen.Ready(Engine(), "http://127.0.0.1:1");

        var plan = ServicePlanner.Plan(Seen.Of(With(new ComponentSpec { DeploymentStrategy = Json(strategy) }), running: running));

        Assert.Empty(plan.Workloads);
        Assert.Empty(plan.Unwanted);
        Assert.Equal("InvalidSpec", plan.Find("EngineReady").Reason);
        Assert.StartsWith("EngineReady: spec.engine.deploymentStrategy", plan.Find("Ready").Message);
        Assert.Contains(message, plan.Find("Ready").Message);
        Assert.Equal(("InvalidSpec", "InvalidPredictorSpec"), (plan.Status.ModelStatus!.TransitionStatus, plan.Status.ModelStatus.LastFailureInfo!.Reason));
    }

    /// <summary>Each change with whether replicas have to be replaced for it.</summary>
    [Fact]
    public void The_revision_covers_what_needs_new_replicas_and_nothing_else()
    {
        var base1 = new ComponentSpec { Process = Seen.Process };
        var limits = new ResourceRequirements { Limits = new Dictionary<string, JsonElement> { ["memory"] = Json("\"4Gi\"") } };
        (string Because, InferenceServiceSpec Spec, bool IsNew)[] changes =
        [
            ("replicas", With(base1 with { MinReplicas = 3 }), false),
            ("surge", With(base1 with { DeploymentStrategy = Json("""{"rollingUpdate": {"maxSurge": 2}}""") }), false),
            ("paused", With(base1) with { Paused = true }, false),
            ("labels", With(base1 with { Labels = new Dictionary<string, string> { ["a"] = "b" } }), false),
            ("grace that no argument names", With(base1 with { TerminationGracePeriodSeconds = 9 }), false),
            ("restart", With(base1) with { RestartedAt = Seen.Now }, true),
            ("arguments", With(base1 with { Process = Seen.Process with { Args = ["x"] } }), true),
            ("where one argument ends", With(base1 with { Process = Seen.Process with { Args = ["x y"] } }), true),
            ("environment", With(base1 with { Process = Seen.Process with { Env = [new EnvVar { Name = "A", Value = "1" }] } }), true),
            ("folder", With(base1 with { Process = Seen.Process with { WorkingDir = "/x" } }), true),
            ("limits", With(base1 with { Process = Seen.Process with { Resources = limits } }), true),
            ("health", With(base1 with { Process = Seen.Process with { HealthPath = "/x" } }), true),
        ];
        string before = Engine(With(base1)).Revision;

        Assert.All(changes, c => Assert.True(c.IsNew == (Engine(c.Spec).Revision != before), c.Because));
        Assert.Equal(changes.Count(c => c.IsNew), changes.Where(c => c.IsNew).Select(c => Engine(c.Spec).Revision).Distinct().Count());
        Assert.True(Engine(With(base1) with { Paused = true }).Paused);
    }

    [Theory]
    [InlineData("$(A) and $(B)", "1 and x,y")]
    [InlineData("$(A", "$(A")]
    [InlineData("$($(A))", "$(1)")]
    [InlineData("$()", "$()")]
    public void Placeholders_are_filled_once(string text, string expected)
    {
        var texts = new Placeholders(new Dictionary<string, string> { ["A"] = "1" }, new Dictionary<string, IReadOnlyList<string>> { ["B"] = ["x", "y"], ["NONE"] = [] });

        Assert.Equal(expected, texts.Fill(text));
        Assert.Equal(["x", "y", "x,y!"], texts.FillAll(["$(B)", "$(NONE)", "$(B)!"]));
    }
}
