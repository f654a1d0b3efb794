using Orrery.Control.Accelerators;
using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Tests.Runtimes;

/// <summary>What goes wrong in OME's selection, one test for each. Its selector stops at the first stage, drops reasons, and scores entries that do not match.</summary>
public sealed class OmeDefectTests
{
    private static readonly ModelFacts Model = new("llama-8b")
    {
        Format = new FormatSpec { Name = "safetensors", Version = "1.0.0" }, Framework = new FormatSpec { Name = "transformers", Version = "4.45.0.dev0" },
        Architecture = "LlamaForCausalLM", Parameters = 8e9,
    };

    private static SupportedModelFormat Entry(string architecture, int priority = 1, bool? autoSelect = true, string version = "4.43.0") => new()
    {
        ModelFormat = new FormatSpec { Name = "safetensors", Version = "1.0.0" }, ModelFramework = new FormatSpec { Name = "transformers", Version = version },
        ModelArchitecture = architecture, AutoSelect = autoSelect, Priority = priority,
    };

    private static RuntimeCandidate Runtime(string name, string kind, params SupportedModelFormat[] formats)
        => new(kind, name, new RuntimeSpec { Process = new ProcessSpec { Command = ["x", "$(PORT)"] }, SupportedModelFormats = formats });

    private static RuntimeCandidate Cluster(string name, params SupportedModelFormat[] formats) => Runtime(name, "ClusterServingRuntime", formats);

    private static RuntimeDecision Choose(params RuntimeCandidate[] runtimes) => RuntimeSelection.Choose(new SelectionQuestion(Model), runtimes);

    [Fact]
    public void A_development_version_of_the_framework_is_no_reason_to_refuse_a_model()
        => Assert.IsType<RuntimeDecision.Chosen>(Choose(Cluster("a", Entry("LlamaForCausalLM"))));

    [Fact]
    public void What_either_side_leaves_open_is_no_mismatch()
    {
        var open = Entry("LlamaForCausalLM") with { ModelArchitecture = null, ModelFramework = null, ModelFormat = new FormatSpec { Name = "safetensors" } };

        Assert.IsType<RuntimeDecision.Chosen>(Choose(Cluster("a", open)));
        Assert.IsType<RuntimeDecision.Chosen>(Choose(Cluster("a", Entry("LlamaForCausalLM") with { Quantization = "fp8" })));
    }

    [Fact]
    public void A_size_range_with_one_end_is_no_crash()
    {
        var half = Cluster("a", Entry("LlamaForCausalLM"));

        Assert.IsType<RuntimeDecision.Chosen>(Choose(half with { Spec = half.Spec with { ModelSizeRange = new ModelSizeRange { Min = "7B" } } }));
        Assert.IsType<RuntimeDecision.None>(Choose(half with { Spec = half.Spec with { ModelSizeRange = new ModelSizeRange { Max = "7B" } } }));
    }

    [Fact]
    public void Sizes_in_thousands_are_read()
    {
        var small = Cluster("a", Entry("LlamaForCausalLM"));
        small = small with { Spec = small.Spec with { ModelSizeRange = new ModelSizeRange { Min = "100K", Max = "900k" } } };

        Assert.IsType<RuntimeDecision.Chosen>(RuntimeSelection.Choose(new SelectionQuestion(Model with { Parameters = 260_000 }), [small]));
        Assert.IsType<RuntimeDecision.None>(Choose(small));
    }

    [Fact]
    public void AutoSelect_of_another_entry_does_not_count()
    {
        var none = Assert.IsType<RuntimeDecision.None>(Choose(Cluster("a", Entry("LlamaForCausalLM", autoSelect: false), Entry("Qwen3ForCausalLM", autoSelect: true))));

        Assert.Contains("supportedModelFormats[0]: autoSelect is off", none.Message);
    }

    [Fact]
    public void A_runtime_that_is_switched_off_for_automatic_choice_is_listed_with_that_reason()
        => Assert.Contains(Choose(Cluster("a", Entry("LlamaForCausalLM", autoSelect: false))).Others.Single().Reasons(), r => r.Contains("autoSelect is off", StringComparison.Ordinal));

    [Fact]
    public void An_entry_that_does_not_match_lends_no_score()
        => Assert.Equal("b", Assert.IsType<RuntimeDecision.Chosen>(Choose(
            Cluster("a", Entry("LlamaForCausalLM"), Entry("Qwen3ForCausalLM", priority: 99)), Cluster("b", Entry("LlamaForCausalLM", priority: 2)))).Runtime.Name);

    [Fact]
    public void The_settings_of_the_entry_that_matched_are_used_and_of_no_other()
    {
        var chosen = Assert.IsType<RuntimeDecision.Chosen>(Choose(Cluster("a", Entry("Qwen3ForCausalLM", priority: 99), Entry("LlamaForCausalLM"))));

        Assert.Equal((1, "LlamaForCausalLM"), (chosen.Winner.BestFormat, chosen.Winner.Format!.Format.ModelArchitecture));
    }

    [Fact]
    public void A_namespaced_runtime_does_not_beat_a_cluster_one_with_a_higher_score()
        => Assert.Equal("b", Assert.IsType<RuntimeDecision.Chosen>(Choose(
            Runtime("a", "ServingRuntime", Entry("LlamaForCausalLM")), Cluster("b", Entry("LlamaForCausalLM", priority: 2)))).Runtime.Name);

    [Fact]
    public void Every_stage_is_looked_at_and_every_reason_kept()
    {
        var all = Cluster("a", Entry("Qwen3ForCausalLM", autoSelect: false, version: "5.0") with { Quantization = "fp8" });
        all = all with
        {
            Spec = all.Spec with
            {
                Disabled = true, Process = null, ProtocolVersions = ["openInference-v1"], ModelSizeRange = new ModelSizeRange { Max = "1B" },
                AcceleratorRequirements = new AcceleratorRequirements { AcceleratorClasses = ["b"] },
            },
        };

        var reasons = RuntimeSelection.Choose(new SelectionQuestion(Model with { Quantization = "int4" }) { AcceleratorClasses = ["a"] }, [all]).Others.Single().Reasons().ToList();

        foreach (string part in (string[])["disabled", "spec.process", "openInference-v1", "8B", "asks for a", "Qwen3ForCausalLM", "fp8", "5.0", "autoSelect"])
            Assert.Contains(reasons, r => r.Contains(part, StringComparison.Ordinal));
        Assert.Equal(9, reasons.Count);
    }

    [Fact]
    public void Runtimes_of_one_name_in_both_scopes_keep_their_own_reasons()
    {
        var none = Choose(Runtime("same", "ServingRuntime", Entry("Qwen3ForCausalLM")), Cluster("same", Entry("LlamaForCausalLM", autoSelect: false)));

        Assert.Equal(["ServingRuntime", "ClusterServingRuntime"], none.Others.Select(o => o.Runtime.Kind));
        Assert.NotEqual(none.Others[0].Reasons(), none.Others[1].Reasons());
    }

    [Fact]
    public void A_message_names_the_model_and_not_its_format_alone()
        => Assert.Contains("model 'llama-8b'", Assert.IsType<RuntimeDecision.None>(Choose()).Message);

    [Fact]
    public void A_compute_capability_of_10_is_above_9()
    {
        var offer = new AcceleratorOffer("b200") { ArchitectureVersion = "10.0" };

        Assert.True(AcceleratorDemand.Holds(new AcceleratorRequirements { MinArchitectureVersion = "9.0" }, offer));
        Assert.False(AcceleratorDemand.Holds(new AcceleratorRequirements { MinArchitectureVersion = "10.0" }, offer with { ArchitectureVersion = "9.0" }));
    }
}
