using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Runtimes;

public sealed class RuntimeInheritanceTests
{
    private static RuntimeCandidate Runtime(string name, RuntimeSpec spec, string kind = "ClusterServingRuntime") => new(kind, name, spec);

    private static RuntimeCandidate Resolved(string name, params RuntimeCandidate[] runtimes) => RuntimeInheritance.Resolve(runtimes).First(r => r.Name == name);

    private static readonly RuntimeSpec Base = new()
    {
        Disabled = true,
        ProtocolVersions = ["openAI"],
        ModelSizeRange = new ModelSizeRange { Min = "1B", Max = "9B" },
        SupportedModelFormats = [new SupportedModelFormat { Name = "gguf" }, new SupportedModelFormat { Name = "safetensors" }],
        Process = new ProcessSpec { Command = ["serve", "$(PORT)"], HealthPath = "/healthz", Env = [new EnvVar { Name = "A", Value = "1" }, new EnvVar { Name = "B", Value = "2" }] },
        EngineConfig = new ComponentSpec { Runner = new ContainerSpec { Name = "engine", Image = "engine:1" } },
    };

    [Fact]
    public void Records_merge_by_field_lists_with_keys_by_key_and_other_lists_are_replaced()
    {
        var child = Resolved("child", Runtime("base", Base), Runtime("child", new RuntimeSpec
        {
            InheritsFrom = "base",
            ModelSizeRange = new ModelSizeRange { Max = "70B" },
            SupportedModelFormats = [new SupportedModelFormat { Name = "onnx" }],
            Process = new ProcessSpec { Env = [new EnvVar { Name = "B", Value = "3" }, new EnvVar { Name = "C", Value = "4" }] },
            EngineConfig = new ComponentSpec { Runner = new ContainerSpec { Image = "engine:2" } },
        })).Spec;

        Assert.Equal(("1B", "70B"), (child.ModelSizeRange!.Min, child.ModelSizeRange.Max));
        Assert.Equal(["onnx"], child.SupportedModelFormats!.Select(f => f.Name));
        Assert.Equal(["serve", "$(PORT)"], child.Process!.Command);
        Assert.Equal(["A=1", "B=3", "C=4"], child.Process.Env!.Select(e => $"{e.Name}={e.Value}").Order());
        Assert.Equal(("engine", "engine:2"), (child.EngineConfig!.Runner!.Name, child.EngineConfig.Runner.Image));
        Assert.Equal(("openAI", "/healthz"), (child.ProtocolVersions!.Single(), child.Process.HealthPath));
    }

    [Fact]
    public void Sets_are_united_and_makers_of_accelerators_are_replaced()
    {
        var parent = new RuntimeSpec { AcceleratorRequirements = new AcceleratorRequirements { AcceleratorClasses = ["a"], Vendors = ["nvidia", "amd"] } };
        var child = new RuntimeSpec { InheritsFrom = "base", AcceleratorRequirements = new AcceleratorRequirements { AcceleratorClasses = ["b"], Vendors = ["nvidia"] } };

        var requirements = Resolved("child", Runtime("base", parent), Runtime("child", child)).Spec.AcceleratorRequirements!;

        Assert.Equal(["a", "b"], requirements.AcceleratorClasses!.Order());
        Assert.Equal(["nvidia"], requirements.Vendors);
    }

    [Fact]
    public void What_cannot_be_laid_over_its_parent_is_unusable_and_says_so()
    {
        var child = new RuntimeSpec { InheritsFrom = "base", Process = new ProcessSpec { Env = [new EnvVar { Value = "without a name" }] } };

        Assert.Contains("spec.inheritsFrom: ClusterServingRuntime 'child' cannot be laid over 'base'", Resolved("child", Runtime("base", Base), Runtime("child", child)).Problem);
    }

    [Fact]
    public void Whether_a_runtime_is_disabled_is_not_inherited()
        => Assert.Null(Resolved("child", Runtime("base", Base), Runtime("child", new RuntimeSpec { InheritsFrom = "base" })).Spec.Disabled);

    [Fact]
    public void Several_steps_add_up_from_the_top()
    {
        var lowest = Resolved(
            "c", Runtime("a", Base), Runtime("b", new RuntimeSpec { InheritsFrom = "a", ModelSizeRange = new ModelSizeRange { Min = "2B", Max = "3B" } }),
            Runtime("c", new RuntimeSpec { InheritsFrom = "b", ModelSizeRange = new ModelSizeRange { Min = "1B" } })).Spec;

        Assert.Equal(("1B", "3B", 2), (lowest.ModelSizeRange!.Min, lowest.ModelSizeRange.Max, lowest.SupportedModelFormats!.Count));
    }

    [Fact]
    public void Which_runtime_is_looked_at_first_does_not_matter()
    {
        RuntimeCandidate[] all =
        [
            Runtime("a", Base), Runtime("b", new RuntimeSpec { InheritsFrom = "a", ModelSizeRange = new ModelSizeRange { Min = "2B" } }),
            .. Enumerable.Range(0, 9).Select(i => Runtime($"c{i}", new RuntimeSpec { InheritsFrom = "b", ModelSizeRange = new ModelSizeRange { Max = $"{i + 10}B" } })),
        ];
        string Ranges(IEnumerable<RuntimeCandidate> order)
            => string.Join(' ', RuntimeInheritance.Resolve([.. order]).OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => $"{r.Name}:{r.Spec.ModelSizeRange!.Min}-{r.Spec.ModelSizeRange.Max}"));

        Assert.Equal(Ranges(all), Ranges(all.Reverse()));
        Assert.StartsWith("a:1B-9B b:2B-9B c0:2B-10B c1:2B-11B", Ranges(all));
    }

    [Fact]
    public void A_namespaced_runtime_may_change_the_cluster_one_of_its_own_name_and_never_the_other_way_round()
    {
        var both = RuntimeInheritance.Resolve([Runtime("same", Base), Runtime("same", new RuntimeSpec { InheritsFrom = "same" }, "ServingRuntime")]);

        Assert.Equal(2, both.Single(r => r.IsNamespaced).Spec.SupportedModelFormats!.Count);
        Assert.Contains(
            "there is no ClusterServingRuntime of that name",
            RuntimeInheritance.Resolve([Runtime("up", new RuntimeSpec { InheritsFrom = "own" }), Runtime("own", Base, "ServingRuntime")])[0].Problem);
    }

    [Fact]
    public void A_missing_parent_a_circle_and_too_many_steps_are_reasons_against_the_runtime_and_not_against_others()
    {
        RuntimeCandidate[] all =
        [
            Runtime("orphan", new RuntimeSpec { InheritsFrom = "nobody" }),
            Runtime("x", new RuntimeSpec { InheritsFrom = "y" }), Runtime("y", new RuntimeSpec { InheritsFrom = "x" }), Runtime("self", new RuntimeSpec { InheritsFrom = "self" }),
            .. Enumerable.Range(0, 20).Select(i => Runtime($"d{i}", i == 0 ? Base with { Disabled = null } : new RuntimeSpec { InheritsFrom = $"d{i - 1}" })),
        ];

        var resolved = RuntimeInheritance.Resolve(all).ToDictionary(r => r.Name);
        var decision = RuntimeSelection.Choose(new SelectionQuestion(new ModelFacts("m") { Format = new FormatSpec { Name = "gguf" }, Parameters = 2e9 }), [.. resolved.Values]);

        Assert.Contains("'nobody'", resolved["orphan"].Problem);
        Assert.Contains("in a circle: 'x' from 'y' from 'x'", resolved["x"].Problem);
        Assert.Contains("'self'", resolved["self"].Problem);
        Assert.Contains("more than 8 runtimes", resolved["d9"].Problem);
        Assert.Null(resolved["d8"].Problem);
        Assert.Equal("d0", Assert.IsType<RuntimeDecision.Chosen>(decision).Runtime.Name);
        Assert.Contains(decision.Others.Single(o => o.Runtime.Name == "orphan").Reasons(), r => r.StartsWith("spec.inheritsFrom: ", StringComparison.Ordinal));
    }
}
