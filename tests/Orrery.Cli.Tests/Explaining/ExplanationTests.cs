using Orrery.Cli.Explaining;
using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Cli.Tests.Explaining;

public sealed class ExplanationTests
{
    private const long GiB = 1L << 30;

    private static readonly ObservedModel Model = new(
        "BaseModel", "m", new ModelSpec { ModelFormat = new FormatSpec { Name = "gguf" } }, new ModelStatus { SizeBytes = 8 * GiB, Parameters = 8_000_000_000, ContextTokens = 4096 });

    private static RuntimeCandidate Runtime(string name, string format, int? priority = null, bool disabled = false, AcceleratorRequirements? needs = null) => new("ClusterServingRuntime", name, new RuntimeSpec
    {
        Process = new ProcessSpec { Command = ["orrery"] },
        Disabled = disabled,
        AcceleratorRequirements = needs,
        SupportedModelFormats = [new SupportedModelFormat { Name = format, Priority = priority }],
    });

    private static Explanation Explain(ServingPlace? place, params RuntimeCandidate[] runtimes) => Explanation.Of(new ExplanationInput(Model, runtimes, place));

    [Fact]
    public void A_decision_names_the_winner_and_every_other_runtime_with_its_reasons()
        => Assert.Equal(
            """
              model: BaseModel 'm' (format gguf, architecture unknown, quantization unknown, 8B weights, 8.0 GiB)
              runtime: ClusterServingRuntime 'best', chosen
                score: (format 1 + framework 0) × priority 3 = 3, by supportedModelFormats[0]
                room: it fits: 8 GiB of weights + keys and values, which are not known + 256 MiB of overhead = 8.25 GiB; 14.4 GiB of 16 GiB may be used
              not ClusterServingRuntime 'also':
                - it fits too; its score is 1, the winner's 3
                room: it fits: 8 GiB of weights + keys and values, which are not known + 256 MiB of overhead = 8.25 GiB; 14.4 GiB of 16 GiB may be used
              not ClusterServingRuntime 'other':
                - it is disabled
                - format: the model has gguf, the runtime serves onnx

            """.Replace("\r", "", StringComparison.Ordinal),
            ExplanationText.Of(Explain(new ServingPlace { MemoryBytes = 16 * GiB }, Runtime("best", "gguf", 3), Runtime("also", "gguf", 1), Runtime("other", "onnx", disabled: true))));

    [Fact]
    public void A_refusal_shows_the_arithmetic_and_what_would_fit()
    {
        string text = ExplanationText.Of(Explain(new ServingPlace { MemoryBytes = 8 * GiB }, Runtime("best", "gguf")));

        Assert.Contains("room: none: the model does not fit: 1.05 GiB are missing on memory", text);
        Assert.Contains("What would fit: weights in Q6_K", text);
    }

    [Fact]
    public void Accelerators_that_were_not_taken_are_named_with_their_reasons()
    {
        AcceleratorOffer Offer(string name, string vendor) => new(name) { Vendor = vendor, MemoryBytes = 80 * GiB, Total = 1, Free = 1, PerNode = 1, Nodes = ["n"] };
        var place = new ServingPlace { Accelerators = [Offer("h100", "nvidia"), Offer("mi300", "amd")] };

        string text = ExplanationText.Of(Explain(place, Runtime("gpu", "gguf", needs: new AcceleratorRequirements { Vendors = ["nvidia"] })));

        Assert.Contains("room: it fits: h100: (8 GiB of weights", text);
        Assert.Contains("not mi300: it is made by amd, the runtime needs nvidia", text);
    }

    [Fact]
    public void For_programs_nothing_is_cut()
    {
        var json = ExplanationJson.Of(Explain(new ServingPlace { MemoryBytes = 8 * GiB }, [Runtime("best", "gguf"), .. Enumerable.Range(0, 50).Select(i => Runtime($"r{i}", "onnx"))]));

        Assert.Equal(51, json["candidates"]!.AsArray().Count);
        Assert.Equal(("chosen", false), ((string?)json["candidates"]![0]!["verdict"], (bool)json["candidates"]![0]!["room"]!["hasRoom"]!));
        Assert.Equal("format: the model has gguf, the runtime serves onnx", (string?)json["candidates"]![1]!["reasons"]![0]);
        Assert.True((long)json["candidates"]![0]!["room"]!["missingBytes"]! > GiB);
    }

    [Fact]
    public void A_runtime_that_the_person_names_is_judged_as_if_the_service_named_it()
    {
        var explanation = Explanation.Of(new ExplanationInput(Model, [Runtime("best", "gguf"), Runtime("other", "onnx")], null) { Runtime = "other" });

        Assert.Null(explanation.Winner);
        Assert.Contains("runtime: none; spec.runtime.name: ClusterServingRuntime 'other' cannot serve model 'm'", ExplanationText.Of(explanation));
    }

    [Fact]
    public void Context_and_sequences_that_are_asked_for_count()
    {
        var explanation = Explanation.Of(new ExplanationInput(Model, [Runtime("best", "gguf")], null) { ContextTokens = 100, Sequences = 7 });

        Assert.Equal((100, 7), (explanation.Question.ContextTokens, explanation.Question.Sequences));
    }

    [Theory]
    [InlineData("isvc.spec.engine", false)]
    [InlineData("model", false)]
    [InlineData("isvc/a", true)]
    [InlineData("model a", true)]
    public void Fields_and_decisions_are_told_apart(string words, bool isDecision) => Assert.Equal(isDecision, ExplainedDecision.IsAskedBy(words.Split(' ')));
}
