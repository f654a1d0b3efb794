using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Tests.Runtimes;

/// <summary>What holds of every decision, over random models and runtimes.</summary>
public sealed class SelectionPropertyTests
{
    private const int Rounds = 300;

    private static readonly string?[] Formats = [null, "gguf", "safetensors", "onnx"];
    private static readonly string?[] Architectures = [null, "llama", "LlamaForCausalLM", "Qwen3ForCausalLM"];
    private static readonly string?[] Quantizations = [null, "fp8", "BF16", "Q4_K"];
    private static readonly string?[] Versions = [null, "1", "2.0", "3.1.4.dev0", "odd"];
    private static readonly string?[] Operators = [null, "Equal", "GreaterThan", "GreaterThanOrEqual"];
    private static readonly string?[] Sizes = [null, "260K", "7B", "0.07T"];

    [Fact]
    public void Every_pair_of_runtime_and_format_gets_a_verdict_and_what_does_not_fit_a_reason()
        => Each((model, runtimes, _) =>
        {
            var decision = Decide(model, runtimes);
            List<RuntimeVerdict> all = decision is RuntimeDecision.Chosen chosen ? [chosen.Winner, .. decision.Others] : [.. decision.Others];

            Assert.Equal(runtimes.Count, all.Count);
            Assert.All(all, v => Assert.Equal(v.Runtime.Spec.SupportedModelFormats!.Count, v.Formats.Count));
            Assert.All(all, v => Assert.NotEqual(v.Fits, v.Reasons().Any()));
            Assert.All(all.SelectMany(v => v.Formats), f => Assert.NotEqual(f.Fits, f.Findings.Any(x => x.IsReason)));
            Assert.All(decision.Others, o => Assert.NotEmpty(SelectionReport.Reasons(o, (decision as RuntimeDecision.Chosen)?.Winner)));
            Assert.Equal(all.Any(v => v.Fits), decision is RuntimeDecision.Chosen);
        });

    [Fact]
    public void The_order_of_the_input_does_not_matter()
        => Each((model, runtimes, random) =>
        {
            var shuffled = runtimes.ToArray();
            random.Shuffle(shuffled);

            Assert.Equal(Names(Decide(model, runtimes)), Names(Decide(model, shuffled)));
        });

    [Fact]
    public void A_further_runtime_that_does_not_match_never_changes_the_winner()
        => Each((model, runtimes, random) =>
        {
            var before = Decide(model, runtimes);
            foreach (var further in Enumerable.Range(0, 8).Select(i => Runtime(random, $"further-{i}")).Where(f => Decide(model, [f]) is RuntimeDecision.None))
                Assert.Equal(Winner(before), Winner(Decide(model, [.. runtimes, further])));
        });

    [Fact]
    public void The_winner_beats_each_of_the_others_alone()
        => Each((model, runtimes, _) =>
        {
            if (Decide(model, runtimes) is not RuntimeDecision.Chosen chosen)
                return;
            foreach (var other in chosen.Others)
                Assert.Equal(Winner(chosen), Winner(Decide(model, [other.Runtime, chosen.Runtime])));
        });

    [Fact]
    public void A_report_is_bounded_whatever_there_is()
    {
        var random = new Random(5);
        var runtimes = Enumerable.Range(0, 500).Select(i => Runtime(random, $"r{i}", formats: 20)).ToList();

        var report = SelectionReport.Of(Decide(new ModelFacts(new string('m', 500)) { Architecture = new string('a', 5000), Parameters = 1 }, runtimes));

        Assert.Equal(SelectionReport.MaxRejected, report.Rejected!.Count);
        Assert.True(report.Rejected.Count + report.MoreRejected + (report.Runtime is null ? 0 : 1) == 500);
        Assert.All(report.Rejected, r => Assert.True(r.Reasons!.Count <= SelectionReport.MaxReasons && r.Reasons.All(t => t.Length <= SelectionReport.MaxReasonLength + 1)));
    }

    [Fact]
    public void The_work_grows_with_the_formats_that_there_are_and_not_faster()
    {
        var random = new Random(11);
        var runtimes = Enumerable.Range(0, 1000).Select(i => Runtime(random, $"r{i}", formats: 10)).ToList();
        var model = Model(random) with { Format = new FormatSpec { Name = "gguf" }, Architecture = "llama" };
        // What a decision allocates is what it looks at: a figure that no other work on the machine changes.
        long Work(int count)
        {
            List<RuntimeCandidate> some = [.. runtimes.Take(count)];
            Decide(model, some);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Decide(model, some);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        long quarter = Work(250), all = Work(1000);

        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 runtimes with 10 formats: {all / 10_000} bytes for each format, {(double)all / quarter:0.00} times those of 250");
        Assert.InRange((double)all / quarter, 3, 5);
        Assert.InRange(all / 10_000, 0, 4000);
    }

    private static void Each(Action<ModelFacts, IReadOnlyList<RuntimeCandidate>, Random> holds)
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            holds(Model(random), [.. Enumerable.Range(0, random.Next(0, 12)).Select(i => Runtime(random, $"r{i}"))], random);
        }
    }

    private static RuntimeDecision Decide(ModelFacts model, IReadOnlyList<RuntimeCandidate> runtimes)
        => RuntimeSelection.Choose(new SelectionQuestion(model) { Place = new ServingPlace { Programs = new Dictionary<string, bool> { ["absent"] = false } } }, runtimes);

    private static string Winner(RuntimeDecision decision) => decision is RuntimeDecision.Chosen chosen ? chosen.Runtime.ToString() : "none";

    private static string Names(RuntimeDecision decision)
        => $"{Winner(decision)}: {string.Join(' ', decision.Others.Select(o => $"{o.Runtime} {string.Join('|', o.Reasons())}"))}";

    private static ModelFacts Model(Random random) => new("m")
    {
        Format = Format(random), Framework = Format(random), Architecture = One(random, Architectures), Quantization = One(random, Quantizations),
        Parameters = One(random, Sizes) is { } size ? ParameterSize.Parse(size) : null,
    };

    private static RuntimeCandidate Runtime(Random random, string name, int? formats = null) => new(random.Next(3) == 0 ? "ServingRuntime" : "ClusterServingRuntime", name, new RuntimeSpec
    {
        Disabled = random.Next(8) == 0,
        Process = random.Next(8) == 0 ? null : new ProcessSpec { Command = [random.Next(8) == 0 ? "absent" : "there", "$(PORT)"] },
        ModelSizeRange = random.Next(3) == 0 ? new ModelSizeRange { Min = One(random, Sizes), Max = One(random, Sizes) } : null,
        SupportedModelFormats =
        [
            .. Enumerable.Range(0, formats ?? random.Next(0, 5)).Select(_ => new SupportedModelFormat
            {
                ModelFormat = Format(random), ModelFramework = Format(random), ModelArchitecture = One(random, Architectures), Quantization = One(random, Quantizations),
                AutoSelect = random.Next(4) == 0 ? false : null, Priority = random.Next(4) == 0 ? random.Next(1, 4) : null,
            }),
        ],
    });

    private static FormatSpec? Format(Random random) => One(random, Formats) is { } name
        ? new FormatSpec { Name = name, Version = One(random, Versions), Operator = One(random, Operators), Weight = random.Next(3) == 0 ? random.Next(4) : null }
        : null;

    private static string? One(Random random, string?[] of) => of[random.Next(of.Length)];
}
