using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Serving;

/// <summary>What becomes of a service where programs, memory and accelerators are known.</summary>
public sealed class ServicePlannerRoomTests
{
    private const long GiB = 1L << 30;

    private static readonly ServingPlace Machine = new() { MemoryBytes = 16 * GiB, Accelerators = [], Programs = new Dictionary<string, bool> { ["vllm"] = true, ["absent"] = false } };

    private static readonly AcceleratorOffer H100 = new("h100") { Vendor = "nvidia", MemoryBytes = 80 * GiB, Nodes = ["n"], Total = 8, Free = 8, PerNode = 8 };

    private static RuntimeCandidate Runtime(string name, string program, AcceleratorRequirements? needs = null, AcceleratorModelConfig? config = null) => new("ClusterServingRuntime", name, new RuntimeSpec
    {
        Process = new ProcessSpec { Command = [program, "--model", "$(MODEL_PATH)", "--port", "$(PORT)"], Args = ["--tp", "$(TENSOR_PARALLEL_SIZE)", "--share", "0.5"] },
        AcceleratorRequirements = needs,
        SupportedModelFormats =
        [
            new SupportedModelFormat
            {
                ModelFormat = new FormatSpec { Name = "safetensors" },
                AcceleratorConfig = config is null ? null : new Dictionary<string, AcceleratorModelConfig> { ["h100"] = config },
            },
        ],
    });

    private static ServicePlan Plan(long weights, ServingPlace? place, InferenceServiceSpec? spec, params RuntimeCandidate[] runtimes)
    {
        var service = new InferenceService
        {
            Metadata = new Metadata { Name = "s", Namespace = "default", Uid = "u", Generation = 1 },
            Spec = spec ?? new InferenceServiceSpec { Model = new ModelReference { Name = "m" } },
        };
        var model = new ObservedModel("BaseModel", "m", new ModelSpec(), new ModelStatus { State = "Ready", Path = "/m", Format = "safetensors", SizeBytes = weights, Parameters = weights / 2 });
        return ServicePlanner.Plan(new ServiceObservation(
            Document.From(service), service, model, runtimes, ServiceDemand.None, DateTimeOffset.UnixEpoch) { Place = place });
    }

    private static Condition Find(ServicePlan plan, string type) => plan.Status.Conditions.Find(type)!;

    [Fact]
    public void A_model_that_does_not_fit_is_refused_with_the_figures_and_nothing_is_started()
    {
        var plan = Plan(40 * GiB, Machine, null, Runtime("a", "vllm"));

        Assert.Empty(plan.Workloads);
        Assert.Equal("DoesNotFit", Find(plan, "ModelFits").Reason);
        Assert.Contains("25.85 GiB are missing on memory", Find(plan, "Ready").Message);
        Assert.Equal(("memory", 40 * GiB), (plan.Status.Fit!.On, plan.Status.Fit.WeightBytes));
        Assert.True(plan.Status.Fit.MissingBytes > 25 * GiB);
    }

    [Fact]
    public void A_model_that_fits_and_one_that_nobody_can_tell_of_are_served()
    {
        Assert.Equal("Fits", Find(Plan(4 * GiB, Machine, null, Runtime("a", "vllm")), "ModelFits").Reason);
        Assert.Equal("Unchecked", Find(Plan(4 * GiB, null, null, Runtime("a", "vllm")), "ModelFits").Reason);
        Assert.Single(Plan(4 * GiB, null, null, Runtime("a", "vllm")).Workloads);
    }

    [Fact]
    public void A_runtime_whose_program_is_not_here_is_passed_over_and_one_that_nobody_looked_for_is_not()
    {
        var plan = Plan(GiB, Machine, null, Runtime("a", "absent"), Runtime("b", "vllm"), Runtime("c", "never-seen"));

        Assert.Equal("b", plan.Status.Runtime);
        Assert.Contains("'absent' is not on the PATH", plan.Status.Selection!.Rejected!.Single(r => r.Name == "a").Reasons!.Single());
        Assert.Contains("not looked at yet", Plan(GiB, Machine, null, Runtime("c", "never-seen")).Status.Selection!.Unchecked!.Single());
    }

    [Fact]
    public void The_decision_is_in_the_status()
    {
        var selection = Plan(GiB, Machine, null, Runtime("a", "vllm"), Runtime("b", "vllm")).Status.Selection!;

        Assert.Equal(("a", "ClusterServingRuntime", "supportedModelFormats[0]", 1L), (selection.Runtime, selection.Kind, selection.Format, selection.Score));
        Assert.Equal("(format 1 + framework 0) × priority 1 = 1", selection.ScoreBreakdown);
        Assert.Equal(["b: it fits too, with the same score; the winner comes first by name"], selection.Rejected!.Select(r => $"{r.Name}: {r.Reasons!.Single()}"));
    }

    [Fact]
    public void A_runtime_that_needs_an_accelerator_gets_one_with_the_settings_of_its_class_and_the_parallelism_of_the_fit()
    {
        var needs = new AcceleratorRequirements { Vendors = ["nvidia"] };
        var config = new AcceleratorModelConfig { RuntimeArgsOverride = ["--share", "0.9", "--fast"], EnvironmentOverride = new Dictionary<string, string> { ["X"] = "1" } };

        var plan = Plan(140 * GiB, Machine with { Accelerators = [H100] }, null, Runtime("a", "vllm", needs, config));
        var none = Plan(140 * GiB, Machine, null, Runtime("a", "vllm", needs, config));

        Assert.Equal(["--tp", "2", "--share", "0.9", "--fast"], plan.Engine().Process!.Command.TakeLast(5));
        Assert.Equal("1", plan.Engine().Process!.Env.Single(e => e.Name == "X").Value);
        Assert.Equal(("h100", 2), (plan.Status.Components!["engine"].SelectedAccelerator!.AcceleratorClass, plan.Status.Components["engine"].SelectedAccelerator!.Count));
        Assert.Equal((2, 1), (plan.Status.Fit!.TensorParallelSize, plan.Status.Fit.Nodes));
        Assert.Contains("it needs an accelerator by nvidia; here is none", Find(none, "Ready").Message);
    }

    [Fact]
    public void A_policy_alone_leaves_an_engine_of_processors_in_main_memory()
    {
        var spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, AcceleratorSelector = new AcceleratorSelector { Policy = "Cheapest" } };

        var plan = Plan(GiB, Machine with { Accelerators = [H100] }, spec, Runtime("a", "vllm"));

        Assert.Equal("memory", plan.Status.Fit!.On);
        Assert.Null(plan.Engine().Resources.Accelerators);
    }

    [Theory]
    [InlineData(8, 1, "True",  "Fits")]
    [InlineData(2, 2, "False", "NoAccelerator")]
    [InlineData(1, 1, "False", "NoAccelerator")]
    public void What_an_engine_has_its_decoder_has_not(int free, int replicas, string status, string reason)
    {
        var asked = new ComponentSpec { MinReplicas = replicas, Process = new ProcessSpec { Command = ["vllm", "--port", "$(PORT)"] } };
        var spec = new InferenceServiceSpec
        {
            Model = new ModelReference { Name = "m" }, AcceleratorSelector = new AcceleratorSelector { AcceleratorClass = "h100" }, Engine = asked, Decoder = asked with { MinReplicas = 1 },
        };

        var fits = Find(Plan(GiB, Machine with { Accelerators = [H100 with { Total = free, Free = free, PerNode = free }] }, spec, Runtime("a", "vllm")), "ModelFits");

        Assert.Equal((status, reason), (fits.Status, fits.Reason));
        Assert.Equal(status == "False", fits.Message.StartsWith("the decoder: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_that_asks_for_accelerators_gets_them_or_hears_why_not()
    {
        InferenceServiceSpec Asking(string name) => new() { Model = new ModelReference { Name = "m" }, AcceleratorSelector = new AcceleratorSelector { AcceleratorClass = name } };
        var place = Machine with { Accelerators = [H100] };

        Assert.Equal("h100", Plan(GiB, place, Asking("h100"), Runtime("a", "vllm")).Status.Components!["engine"].SelectedAccelerator!.AcceleratorClass);
        Assert.Equal("NoAccelerator", Find(Plan(GiB, place, Asking("b200"), Runtime("a", "vllm")), "ModelFits").Reason);
        Assert.Contains("0 of 8 are free", Find(Plan(GiB, Machine with { Accelerators = [H100 with { Free = 0 }] }, Asking("h100"), Runtime("a", "vllm")), "Ready").Message);
    }
}
