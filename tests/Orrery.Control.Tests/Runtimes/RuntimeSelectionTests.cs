using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Runtimes;

public sealed class RuntimeSelectionTests
{
    private static readonly ModelFacts Gguf = new("m", new FormatSpec { Name = "gguf", Version = "3" }, null, "llama", "Q8_0", 8e9);

    private static RuntimeCandidate Runtime(
        string name, bool namespaced = false, string format = "gguf", string? architecture = null, string? quantization = null,
        bool? autoSelect = null, int? priority = null, bool? disabled = null, bool process = true)
        => new(namespaced ? "ServingRuntime" : "ClusterServingRuntime", name, new RuntimeSpec
        {
            Disabled = disabled,
            Process = process ? new ProcessSpec { Command = ["serve", "$(SOCKET)"] } : null,
            SupportedModelFormats =
            [
                new SupportedModelFormat
                {
                    ModelFormat = new FormatSpec { Name = format }, ModelArchitecture = architecture, Quantization = quantization,
                    AutoSelect = autoSelect, Priority = priority,
                },
            ],
        });

    private static string Chosen(ModelFacts model, params RuntimeCandidate[] runtimes)
        => RuntimeSelection.Choose(model, null, runtimes) is RuntimeDecision.Chosen chosen ? chosen.Runtime.Name : "none";

    [Fact]
    public void The_higher_priority_wins_then_the_namespaced_one_then_the_name()
    {
        Assert.Equal("b", Chosen(Gguf, Runtime("a"), Runtime("b", priority: 2)));
        Assert.Equal("b", Chosen(Gguf, Runtime("a"), Runtime("b", namespaced: true)));
        Assert.Equal("a", Chosen(Gguf, Runtime("b", namespaced: true), Runtime("a", priority: 2)));
        Assert.Equal("a", Chosen(Gguf, Runtime("b"), Runtime("a")));
    }

    [Fact]
    public void Unset_in_the_runtime_is_any_and_unknown_in_the_model_is_a_warning()
    {
        var unknown = Gguf with { Architecture = null };

        var decision = RuntimeSelection.Choose(unknown, null, [Runtime("a", architecture: "llama")]);

        var chosen = Assert.IsType<RuntimeDecision.Chosen>(decision);
        Assert.Contains("architecture is unknown", Assert.Single(chosen.Warnings));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("LlamaForCausalLM")]
    public void A_runtime_may_name_the_family_or_the_class(string architecture)
    {
        var model = Gguf with { Architecture = "LlamaForCausalLM", ModelType = "llama" };

        Assert.Equal("a", Chosen(model, Runtime("a", architecture: architecture)));
        Assert.Equal("none", Chosen(model, Runtime("a", architecture: "qwen2")));
    }

    [Fact]
    public void Every_reason_against_every_runtime_is_kept()
    {
        var decision = RuntimeSelection.Choose(
            Gguf,
            null,
            [
                Runtime("off", disabled: true, format: "safetensors"),
                Runtime("manual", autoSelect: false),
                Runtime("strict", architecture: "qwen3", quantization: "F16"),
                Runtime("container", process: false),
            ]);

        var none = Assert.IsType<RuntimeDecision.None>(decision);
        Assert.Equal([2, 1, 2, 1], none.Rejected.Select(r => r.Reasons.Count));
        foreach (string part in (string[])["'off'", "it is disabled", "safetensors", "autoSelect is off", "qwen3", "F16", "spec.process"])
            Assert.Contains(part, none.Message);
    }

    [Fact]
    public void A_runtime_that_a_service_names_needs_no_autoSelect_but_must_fit()
    {
        var manual = Runtime("manual", autoSelect: false);
        var other = Runtime("other", format: "safetensors");

        Assert.IsType<RuntimeDecision.Chosen>(RuntimeSelection.Choose(Gguf, new RuntimeReference { Name = "manual" }, [manual]));
        Assert.Contains("safetensors", Assert.IsType<RuntimeDecision.None>(RuntimeSelection.Choose(Gguf, new RuntimeReference { Name = "other" }, [other])).Message);
        Assert.Contains("known: manual", Assert.IsType<RuntimeDecision.None>(RuntimeSelection.Choose(Gguf, new RuntimeReference { Name = "absent" }, [manual])).Message);
    }

    [Theory]
    [InlineData("inside",          "7B",  "9B",  true)]
    [InlineData("at the borders",  "8B",  "8B",  true)]
    [InlineData("open above",      "7B",  null,  true)]
    [InlineData("open below",      null,  "7B",  false)]
    [InlineData("too small",       "9B",  null,  false)]
    [InlineData("in other units",  "7000M", "0.009T", true)]
    public void The_size_of_the_model_must_lie_in_the_range_of_the_runtime(string because, string? min, string? max, bool fits)
    {
        var runtime = Runtime("a");
        runtime = runtime with { Spec = runtime.Spec with { ModelSizeRange = new ModelSizeRange { Min = min, Max = max } } };

        Assert.True(fits == (Chosen(Gguf, runtime) == "a"), because);
    }

    [Theory]
    [InlineData(null, "3", true)]
    [InlineData(null, "v3.0", true)]
    [InlineData("Equal", "2", false)]
    [InlineData("GreaterThan", "2", true)]
    [InlineData("GreaterThan", "3", false)]
    [InlineData("GreaterThanOrEqual", "3.0.0", true)]
    [InlineData("GreaterThanOrEqual", "4", false)]
    public void The_version_of_the_format_is_held_against_the_range_of_the_runtime(string? comparison, string version, bool fits)
    {
        var runtime = Runtime("a");
        var format = new SupportedModelFormat { ModelFormat = new FormatSpec { Name = "gguf", Version = version, Operator = comparison } };
        runtime = runtime with { Spec = runtime.Spec with { SupportedModelFormats = [format] } };

        Assert.Equal(fits, Chosen(Gguf, runtime) == "a");
    }

    [Fact]
    public void The_kind_in_a_reference_is_heeded()
    {
        RuntimeCandidate[] both = [Runtime("same", namespaced: true), Runtime("same")];

        string Kind(string? kind)
            => Assert.IsType<RuntimeDecision.Chosen>(RuntimeSelection.Choose(Gguf, new RuntimeReference { Name = "same", Kind = kind }, both)).Runtime.Kind;

        Assert.Equal("ServingRuntime", Kind(null));
        Assert.Equal("ClusterServingRuntime", Kind("ClusterServingRuntime"));
    }
}
