using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Runtimes;

public sealed class RuntimeSelectionTests
{
    private static readonly ModelFacts Gguf = new("m")
    {
        Format = new FormatSpec { Name = "gguf", Version = "3" }, Architecture = "llama", Quantization = "Q8_0", Parameters = 8e9,
    };

    private static readonly ModelFacts Safetensors = new("m")
    {
        Format = new FormatSpec { Name = "safetensors", Version = "1.0.0" }, Framework = new FormatSpec { Name = "transformers", Version = "4.51.0" },
        Architecture = "Qwen3ForCausalLM", ModelType = "qwen3", Quantization = "BF16", Parameters = 8.2e9,
    };

    private static RuntimeCandidate Runtime(
        string name, bool namespaced = false, string format = "gguf", string? architecture = null, string? quantization = null,
        bool? autoSelect = null, int? priority = null, bool? disabled = null, bool process = true)
    {
        var entry = new SupportedModelFormat
        {
            ModelFormat = new FormatSpec { Name = format }, ModelArchitecture = architecture, Quantization = quantization, AutoSelect = autoSelect, Priority = priority,
        };
        var runtime = Runtime(name, [entry], namespaced);
        return runtime with { Spec = runtime.Spec with { Disabled = disabled, Process = process ? runtime.Spec.Process : null } };
    }

    private static RuntimeCandidate Runtime(string name, IReadOnlyList<SupportedModelFormat> formats, bool namespaced = false)
        => new(namespaced ? "ServingRuntime" : "ClusterServingRuntime", name, new RuntimeSpec
        {
            Process = new ProcessSpec { Command = ["serve", "$(SOCKET)"] }, SupportedModelFormats = formats,
        });

    private static RuntimeDecision Choose(ModelFacts model, params RuntimeCandidate[] runtimes) => RuntimeSelection.Choose(new SelectionQuestion(model), runtimes);

    private static string Chosen(ModelFacts model, params RuntimeCandidate[] runtimes)
        => Choose(model, runtimes) is RuntimeDecision.Chosen chosen ? chosen.Runtime.Name : "none";

    private static RuntimeDecision Named(RuntimeReference asked, params RuntimeCandidate[] runtimes) => RuntimeSelection.Choose(new SelectionQuestion(Gguf, asked), runtimes);

    [Fact]
    public void The_higher_priority_wins_then_the_namespaced_one_then_the_name()
    {
        Assert.Equal("b", Chosen(Gguf, Runtime("a"), Runtime("b", priority: 2)));
        Assert.Equal("b", Chosen(Gguf, Runtime("a"), Runtime("b", namespaced: true)));
        Assert.Equal("a", Chosen(Gguf, Runtime("b", namespaced: true), Runtime("a", priority: 2)));
        Assert.Equal("a", Chosen(Gguf, Runtime("b"), Runtime("a")));
    }

    [Fact]
    public void Weights_of_format_and_framework_times_priority_are_the_score()
    {
        SupportedModelFormat Format(long? format, long? framework, int? priority) => new()
        {
            ModelFormat = new FormatSpec { Name = "safetensors", Weight = format },
            ModelFramework = framework is null ? null : new FormatSpec { Name = "transformers", Weight = framework },
            Priority = priority,
        };

        var decision = Assert.IsType<RuntimeDecision.Chosen>(Choose(Safetensors, Runtime("a", [Format(1, null, 5)]), Runtime("b", [Format(2, 3, 2), Format(1, 1, 1)])));

        Assert.Equal(("b", 10, 0), (decision.Runtime.Name, decision.Winner.Score, decision.Winner.BestFormat));
        Assert.Equal("(format 2 + framework 3) × priority 2 = 10", decision.Winner.Format!.Score.ToString());
        Assert.Equal(long.MaxValue, new Score(long.MaxValue, long.MaxValue, int.MaxValue).Total);
    }

    [Fact]
    public void A_narrower_range_of_sizes_wins_among_equal_scores()
    {
        RuntimeCandidate Ranged(string name, string? min, string? max)
        {
            var runtime = Runtime(name);
            return runtime with { Spec = runtime.Spec with { ModelSizeRange = new ModelSizeRange { Min = min, Max = max } } };
        }

        Assert.Equal("c", Chosen(Gguf, Runtime("a"), Ranged("b", "1B", "70B"), Ranged("c", "7B", "9B"), Ranged("d", "7B", null)));
    }

    [Fact]
    public void Among_equal_scores_an_entry_that_names_what_the_model_is_goes_before_one_that_takes_anything()
    {
        Assert.Equal("b", Chosen(Gguf, Runtime("a"), Runtime("b", architecture: "llama")));
        Assert.Equal("c", Chosen(Gguf, Runtime("a"), Runtime("b", architecture: "llama"), Runtime("c", architecture: "llama", quantization: "Q8_0")));
        Assert.Equal("a", Chosen(Gguf with { Quantization = null }, Runtime("a"), Runtime("b", quantization: "Q8_0")));
    }

    [Fact]
    public void Unset_in_the_runtime_is_any_and_unknown_in_the_model_is_a_warning()
    {
        var unknown = Gguf with { Architecture = null };

        var chosen = Assert.IsType<RuntimeDecision.Chosen>(Choose(unknown, Runtime("a", architecture: "llama")));

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
        var none = Assert.IsType<RuntimeDecision.None>(Choose(
            Gguf,
            Runtime("off", disabled: true, format: "safetensors"), Runtime("manual", autoSelect: false),
            Runtime("strict", architecture: "qwen3", quantization: "F16"), Runtime("container", process: false)));

        Assert.Equal(["container 1", "manual 1", "off 2", "strict 2"], none.Others.Select(o => $"{o.Runtime.Name} {o.Reasons().Count()}"));
        foreach (string part in (string[])["'off'", "it is disabled", "safetensors", "autoSelect is off", "qwen3", "F16", "spec.process"])
            Assert.Contains(part, none.Message);
    }

    [Fact]
    public void A_message_names_a_few_runtimes_and_says_how_many_more_there_are()
    {
        var none = Assert.IsType<RuntimeDecision.None>(Choose(Gguf, [.. Enumerable.Range(0, 100).Select(i => Runtime($"r{i:00}", format: "onnx"))]));

        Assert.EndsWith("and 95 more", none.Message);
        Assert.Equal(100, none.Others.Count);
    }

    [Fact]
    public void A_runtime_that_a_service_names_needs_no_autoSelect_but_must_fit()
    {
        var manual = Runtime("manual", autoSelect: false);
        var other = Runtime("other", format: "safetensors");

        Assert.IsType<RuntimeDecision.Chosen>(Named(new RuntimeReference { Name = "manual" }, manual));
        Assert.Contains("safetensors", Assert.IsType<RuntimeDecision.None>(Named(new RuntimeReference { Name = "other" }, other)).Message);
        Assert.Contains("known: manual", Assert.IsType<RuntimeDecision.None>(Named(new RuntimeReference { Name = "absent" }, manual)).Message);
    }

    [Theory]
    [InlineData("inside",          "7B",  "9B",  true)]
    [InlineData("at the borders",  "8B",  "8B",  true)]
    [InlineData("open above",      "7B",  null,  true)]
    [InlineData("open below",      null,  "7B",  false)]
    [InlineData("too small",       "9B",  null,  false)]
    [InlineData("in other units",  "7000M", "0.009T", true)]
    [InlineData("both open",       null,  null,  true)]
    public void The_size_of_the_model_must_lie_in_the_range_of_the_runtime(string because, string? min, string? max, bool fits)
    {
        var runtime = Runtime("a");
        runtime = runtime with { Spec = runtime.Spec with { ModelSizeRange = new ModelSizeRange { Min = min, Max = max } } };

        Assert.True(fits == (Chosen(Gguf, runtime) == "a"), because);
        Assert.Equal("a", Chosen(Gguf with { Parameters = null }, runtime));
    }

    // The runtime's version stands before the operator, the model's behind it.
    [Theory]
    [InlineData(null, "3", true)]
    [InlineData(null, "v3.0", true)]
    [InlineData(null, "3.2", true)]
    [InlineData(null, "4", false)]
    [InlineData("Equal", "2", false)]
    [InlineData("Equal", "v3.0.0", true)]
    [InlineData("GreaterThan", "4", true)]
    [InlineData("GreaterThan", "3", false)]
    [InlineData("GreaterThanOrEqual", "3.0.0", true)]
    [InlineData("GreaterThanOrEqual", "2", false)]
    public void The_version_of_the_format_is_held_against_the_range_of_the_runtime(string? comparison, string version, bool fits)
    {
        var runtime = Runtime("a", [new SupportedModelFormat { ModelFormat = new FormatSpec { Name = "gguf", Version = version, Operator = comparison } }]);

        Assert.Equal(fits, Chosen(Gguf, runtime) == "a");
    }

    [Theory]
    [InlineData("Equal",              "4.51.0", "4.51",        "Holds")]
    [InlineData("Equal",              "4.45.0", "4.45.0.dev0", "Fails")]
    [InlineData("Equal",              "4.45.0", "4.45.0+cu12", "Holds")]
    [InlineData("Equal",              "4.45.0.dev0", "4.45.0.dev1", "Fails")]
    [InlineData("Equal",              "v5.0-RC1", "5.0.0rc1",  "Holds")]
    [InlineData("Equal",              "5.0.0rc1", "5.0.0rc2",  "Fails")]
    [InlineData(null,                 "4.45.0", "4.45.0.dev0", "Holds")]
    [InlineData(null,                 "4.45.0", "4.57.1",      "HoldsThoughNewer")]
    [InlineData(null,                 "4.57.0", "4.9.0",       "Holds")]
    [InlineData(null,                 "4.57.0", "5.0.0.dev0",  "Fails")]
    [InlineData("GreaterThanOrEqual", "4.45.0", "4.45.0.dev0", "Holds")]
    [InlineData("GreaterThanOrEqual", "4.9",    "4.10",        "Fails")]
    [InlineData("GreaterThan",        "10.0",   "9.0",         "Holds")]
    [InlineData(null,                 "latest", "latest",      "Holds")]
    [InlineData(null,                 "latest", "1.0",         "Fails")]
    [InlineData(null,                 "1.0",    "99999999999", "Fails")]
    public void Versions_are_ranges_compared_number_by_number(string? comparison, string runtime, string model, string expected)
        => Assert.Equal(expected, VersionRange.Ask(comparison, runtime, model).ToString());

    [Fact]
    public void The_kind_in_a_reference_is_heeded()
    {
        RuntimeCandidate[] both = [Runtime("same", namespaced: true), Runtime("same")];

        string Kind(string? kind) => Assert.IsType<RuntimeDecision.Chosen>(Named(new RuntimeReference { Name = "same", Kind = kind }, both)).Runtime.Kind;

        Assert.Equal("ServingRuntime", Kind(null));
        Assert.Equal("ClusterServingRuntime", Kind("ClusterServingRuntime"));
    }

    [Fact]
    public void An_entry_may_name_many_architectures_and_quantizations_and_either_name_of_the_model_counts()
    {
        RuntimeCandidate Lists(string name, string[] architectures, string[] quantizations) => Runtime(name, [new SupportedModelFormat
        {
            ModelFormat = new FormatSpec { Name = "safetensors" }, ModelArchitectures = architectures, Quantizations = quantizations,
        }]);

        Assert.Equal("a", Chosen(Safetensors, Lists("a", ["LlamaForCausalLM", "Qwen3ForCausalLM"], ["bf16", "fp8"])));
        Assert.Equal("a", Chosen(Safetensors, Lists("a", ["llama", "qwen3"], [])));
        Assert.Equal(
            ["architecture: the model has Qwen3ForCausalLM, the runtime serves a, b, c, d and 2 more", "quantization: the model has BF16, the runtime serves gptq"],
            Choose(Safetensors, Lists("a", ["a", "b", "c", "d", "e", "f"], ["gptq"])).Others[0].Reasons());
    }

    [Fact]
    public void Capabilities_must_meet_in_one_and_the_others_are_a_warning()
    {
        RuntimeCandidate Able(params string[] capabilities)
        {
            var runtime = Runtime("a");
            return runtime with { Spec = runtime.Spec with { ModelCapabilities = capabilities } };
        }

        var both = Gguf with { Capabilities = ["IMAGE_TEXT_TO_TEXT", "TEXT_TO_TEXT"] };

        Assert.Contains("does not serve the model's IMAGE_TEXT_TO_TEXT", Assert.IsType<RuntimeDecision.Chosen>(Choose(both, Able("CHAT"))).Warnings.Single());
        Assert.Contains("capabilities", Choose(Gguf with { Capabilities = ["TEXT_EMBEDDINGS"] }, Able("CHAT")).Others.Single().Reasons().Single());
        Assert.Equal("a", Chosen(Gguf with { Capabilities = ["TEXT_EMBEDDINGS"] }, Able("EMBEDDING")));
    }

    [Fact]
    public void A_runtime_that_does_not_speak_to_the_gateway_is_not_taken()
    {
        var runtime = Runtime("a");

        Assert.Contains("openInference-v2", Choose(Gguf, runtime with { Spec = runtime.Spec with { ProtocolVersions = ["openInference-v2"] } }).Others.Single().Reasons().Single());
        Assert.Equal("a", Chosen(Gguf, runtime with { Spec = runtime.Spec with { ProtocolVersions = ["openInference-v2", "openAI"] } }));
    }
}
