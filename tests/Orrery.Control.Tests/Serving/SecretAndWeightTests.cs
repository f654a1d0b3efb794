using System.Text.Json;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>Secrets that variables name, and weights that are served beside the model.</summary>
public sealed class SecretAndWeightTests
{
    private static InferenceServiceSpec Naming(bool optional = false) => Seen.Spec with
    {
        Engine = new ComponentSpec
        {
            Process = Seen.Process with
            {
                Env = [new EnvVar { Name = "TOKEN", ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeyReference { Name = "hub", Key = "token", Optional = optional } } }],
            },
        },
    };

    private static ServiceObservation With(InferenceServiceSpec spec, string? version, params string[] keys)
        => Seen.Of(spec) with { Secrets = version is null ? new Dictionary<string, ObservedSecret>() : new Dictionary<string, ObservedSecret> { ["hub"] = new(version, keys) } };

    [Fact]
    public void A_variable_from_a_secret_is_rendered_as_a_reference_and_another_version_is_another_revision()
    {
        var one = ServicePlanner.Plan(With(Naming(), "1", "token"));
        var two = ServicePlanner.Plan(With(Naming(), "2", "token"));

        Assert.Equal(new WorkloadVariable("TOKEN", "", new SecretValue("hub", "token", "1")), Assert.Single(one.Engine().Process!.Env));
        Assert.Equal("True", one.Find("SecretsResolved").Status);
        Assert.NotEqual(one.Engine().Revision, two.Engine().Revision);
        Assert.Null(ServicePlanner.Plan(Seen.Of()).Status.Conditions.Find("SecretsResolved"));
    }

    [Theory]
    [InlineData(null, "no Secret 'hub' in namespace 'default', whose key 'token' variable TOKEN names")]
    [InlineData("1", "Secret 'hub' of namespace 'default' has no key 'token', which variable TOKEN names")]
    public void A_missing_secret_or_key_is_named_nothing_is_applied_and_what_runs_stays(string? version, string message)
    {
        var running = Seen.Ready(ServicePlanner.Plan(With(Naming(), "1", "token")).Engine(), "http://127.0.0.1:1");
        var seen = With(Naming(), version, "other") with { Workloads = new Dictionary<string, WorkloadState> { ["engine"] = running } };

        var plan = ServicePlanner.Plan(seen);

        Assert.Empty(plan.Workloads);
        Assert.Empty(plan.Unwanted);
        Assert.Equal(("False", "SecretMissing", message), (plan.Find("SecretsResolved").Status, plan.Find("SecretsResolved").Reason, plan.Find("SecretsResolved").Message));
        Assert.Equal("RunningAsBefore", plan.Find("EngineReady").Reason);
        Assert.NotNull(ServiceConditions.Blocked(seen.Service with { Status = plan.Status }));
    }

    [Fact]
    public void An_optional_secret_may_be_missing()
        => Assert.True(Assert.Single(ServicePlanner.Plan(With(Naming(optional: true), null)).Engine().Process!.Env).Secret!.Optional);

    private static readonly RuntimeSpec Adapting = Seen.Runtime with { Process = Seen.Process with { WeightArgs = ["--adapter", "$(WEIGHT_NAME)=$(WEIGHT_PATH)"] } };

    private static FineTunedWeight Weight(string name, string? state = "Ready", string @base = "m", string? ns = null, bool disabled = false, string? configuration = null, string? lifecycle = null) => new()
    {
        Metadata = new Metadata { Name = name, Namespace = "default" },
        Spec = new FineTunedWeightSpec
        {
            BaseModelRef = new BaseModelReference { Name = @base, Namespace = ns }, Disabled = disabled, Configuration = configuration is null ? null : JsonDocument.Parse(configuration).RootElement,
        },
        Status = state is null ? null : new ModelStatus
        {
            State = state, Path = state == "Ready" ? $"/w/{name}" : null, SizeBytes = 500_000_000, Lifecycle = lifecycle, Conditions = [Conditions.False("Ready", "Broken", "no adapter_config.json")],
        },
    };

    private static ServiceObservation Serving(RuntimeSpec runtime, IReadOnlyList<string> names, params FineTunedWeight[] weights)
        => Seen.Of(Seen.Spec with { Model = new ModelReference { Name = "m", FineTunedWeights = names } }, runtime) with { Weights = weights.ToDictionary(w => w.Metadata.Name!) };

    [Fact]
    public void Each_weight_adds_its_arguments_and_its_bytes()
    {
        var plan = ServicePlanner.Plan(Serving(Adapting, ["b", "a"], Weight("a"), Weight("b")));

        Assert.Equal(["--adapter", "b=/w/b", "--adapter", "a=/w/a"], plan.Engine().Process!.Command.TakeLast(4));
        Assert.Equal(["/models/m.gguf", "/w/b", "/w/a"], plan.Engine().Models);
        Assert.Equal(2_050_000_000L, plan.Engine().ModelBytes);
        Assert.Equal(("True", "b, a"), (plan.Find("WeightsReady").Status, plan.Find("WeightsReady").Message));
    }

    [Fact]
    public void A_program_that_takes_all_weights_behind_one_option_gets_it_once_and_only_with_weights()
    {
        var runtime = Adapting with { Process = Adapting.Process! with { WeightArgsPrefix = ["--enable-lora", "--lora-modules"], WeightArgs = ["$(WEIGHT_NAME)=$(WEIGHT_PATH)"] } };

        Assert.Equal(["--enable-lora", "--lora-modules", "a=/w/a", "b=/w/b"], ServicePlanner.Plan(Serving(runtime, ["a", "b"], Weight("a"), Weight("b"))).Engine().Process!.Command.TakeLast(4));
        Assert.Equal("$(PORT)", ServicePlanner.Plan(Seen.Of(runtime: runtime)).Engine().Process!.Command[^1]);
    }

    [Fact]
    public void What_replicas_call_weights_is_in_the_status_where_it_is_not_their_own_name()
    {
        var named = Adapting with { Process = Adapting.Process! with { WeightModel = "$(MODEL_NAME):$(WEIGHT_NAME)" } };

        var served = ServicePlanner.Plan(Serving(named, ["b", "a"], Weight("a"), Weight("b"))).Status;
        var waiting = Serving(named, ["a"], Weight("a", "In_Transit"));
        waiting = waiting with { Service = waiting.Service with { Status = served } };

        Assert.Equal([("b", "m:b"), ("a", "m:a")], served.Weights!.Select(w => (w.Name, w.Model)));
        Assert.Equal(served.Weights, ServicePlanner.Plan(waiting).Status.Weights);
        Assert.Null(ServicePlanner.Plan(Serving(Adapting, ["a"], Weight("a"))).Status.Weights);
        Assert.Null(ServicePlanner.Plan(Serving(named, [])).Status.Weights);
    }

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "missing", "False", "FineTunedWeightsNotFound", "no FineTunedWeight 'missing' in namespace 'default'" },
        { "disabled", "False", "FineTunedWeightsDisabled", "spec.disabled: true" },
        { "foreign", "False", "FineTunedWeightsWrongBase", "changes 'other', and the service serves ClusterBaseModel 'm'" },
        { "elsewhere", "False", "FineTunedWeightsWrongBase", "changes 'm' of namespace 'default', and the service serves ClusterBaseModel 'm'" },
        { "merged", "False", "FineTunedWeightsMerged", "name its files as a BaseModel" },
        { "broken", "False", "FineTunedWeightsNotReady", "no adapter_config.json" },
        { "coming", "Unknown", "FineTunedWeightsArriving", "on its way" },
        { "unseen", "Unknown", "FineTunedWeightsArriving", "not looked at yet" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Weights_that_cannot_be_served_are_told_by_name_and_nothing_is_applied(string name, string status, string reason, string message)
    {
        FineTunedWeight[] there =
        [
            Weight("good"), Weight("disabled", disabled: true), Weight("foreign", @base: "other"), Weight("elsewhere", ns: "default"), Weight("merged", configuration: """{"merged_weights": true}"""),
            Weight("broken", "Failed"), Weight("coming", "In_Transit"), Weight("unseen", null),
        ];

        var plan = ServicePlanner.Plan(Serving(Adapting, ["good", name], there));

        Assert.Empty(plan.Workloads);
        Assert.Equal((status, reason), (plan.Find("WeightsReady").Status, plan.Find("WeightsReady").Reason));
        Assert.Contains(message, plan.Find("Ready").Message);
        Assert.Equal(status == "False" ? reason : null, plan.Status.ModelStatus!.LastFailureInfo?.Reason);
    }

    [Fact]
    public void Deprecated_weights_and_models_are_served_and_said_to_be_so()
    {
        var model = Seen.Model with { Status = Seen.Model.Status! with { Lifecycle = "Deprecated" } };

        var plan = ServicePlanner.Plan(Serving(Adapting, ["old"], Weight("old", lifecycle: "Deprecated")) with { Model = model });

        Assert.Single(plan.Workloads);
        Assert.Equal(("True", "FineTunedWeightsDeprecated"), (plan.Find("WeightsReady").Status, plan.Find("WeightsReady").Reason));
        Assert.Equal(("True", "BaseModelDeprecated"), (plan.Find("ModelResolved").Status, plan.Find("ModelResolved").Reason));
    }
}
