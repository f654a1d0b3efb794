using System.Text.Json;
using Orrery.Control.Accelerators;
using Orrery.Control.Fitting;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Accelerators;

public sealed class AcceleratorChoiceTests
{
    private const long GiB = 1L << 30;

    private static readonly FitQuestion Small = new() { WeightBytes = 10 * GiB, Parameters = 5e9, KvCache = new ModelKvCache { BytesPerToken = 1024 } };

    private static AcceleratorOffer Offer(string name, long gib, double perHour, long tflops, int free = 8, double bandwidth = 1000, string version = "9.0", string family = "hopper") => new(name)
    {
        Vendor = "nvidia", Family = family, MemoryBytes = gib * GiB, ArchitectureVersion = version, Features = ["fp8"], Bandwidth = bandwidth,
        Performance = new AcceleratorPerformance { Fp16Tflops = tflops }, Cost = new AcceleratorCost { PerHour = JsonDocument.Parse($"\"{perHour}\"").RootElement },
        Nodes = ["n"], Total = 8, Free = free, PerNode = 8,
    };

    private static readonly AcceleratorOffer[] All = [Offer("a100", 80, 2, 312, version: "8.0", family: "ampere"), Offer("h100", 80, 4, 989), Offer("h200", 141, 5, 989, bandwidth: 4800), Offer("t4", 16, 0.5, 65, version: "7.5", family: "turing")];

    private static string Chosen(AcceleratorSelector? selector, FitQuestion? fit = null, AcceleratorRequirements? requirements = null, AcceleratorOffer[]? offers = null)
        => AcceleratorChoice.Choose(new AcceleratorQuestion(requirements, selector, _ => fit ?? Small), offers ?? All) switch
        {
            AcceleratorDecision.Chosen chosen => chosen.Offer.ClassName,
            AcceleratorDecision.None none => none.Message,
            _ => "",
        };

    private static AcceleratorSelector Policy(string? policy, ServingAcceleratorConstraints? constraints = null) => new() { Policy = policy, Constraints = constraints };

    [Theory]
    [InlineData("BestFit", "t4")]
    [InlineData("Cheapest", "t4")]
    [InlineData("MostCapable", "h200")]
    [InlineData("FirstAvailable", "a100")]
    public void A_policy_chooses_among_those_that_fit(string policy, string expected) => Assert.Equal(expected, Chosen(Policy(policy)));

    [Fact]
    public void A_policy_and_preferences_demand_no_accelerator_and_limits_do()
    {
        bool Asks(AcceleratorSelector selector) => new AcceleratorQuestion(null, selector, _ => Small).IsAny;

        Assert.False(Asks(Policy("Cheapest")));
        Assert.False(Asks(Policy(null, new ServingAcceleratorConstraints { PreferredPrecisions = ["fp8"], ExcludedClasses = ["t4"] })));
        Assert.True(Asks(new AcceleratorSelector { AcceleratorClass = "h100" }));
        Assert.True(Asks(Policy(null, new ServingAcceleratorConstraints { MinMemory = 40 })));
        Assert.True(Asks(Policy(null, new ServingAcceleratorConstraints { ArchitectureFamilies = ["hopper"] })));
    }

    [Fact]
    public void Without_constraints_and_without_a_policy_nothing_breaks() => Assert.Equal("t4", Chosen(new AcceleratorSelector()));

    [Fact]
    public void BestFit_takes_the_memory_that_the_model_needs_and_not_the_class_that_happens_to_have_as_much()
        => Assert.Equal("h200", Chosen(Policy("BestFit"), Small with { WeightBytes = 110 * GiB }));

    [Fact]
    public void Cheapest_counts_all_accelerators_that_a_replica_takes()
        // 30 GiB take four of the cheap ones, at 2.0, or one at 1.9.
        => Assert.Equal("dear", Chosen(Policy("Cheapest"), Small with { WeightBytes = 30 * GiB }, offers: [Offer("cheap", 16, 0.5, 65), Offer("dear", 80, 1.9, 300)]));

    [Fact]
    public void Cheapest_asks_for_the_hour_first_then_for_tokens_then_for_the_tier_and_takes_spot_prices_where_there_are_some()
    {
        static JsonElement Money(string text) => JsonDocument.Parse($"\"{text}\"").RootElement;
        AcceleratorOffer Priced(string name, AcceleratorCost? cost) => Offer(name, 80, 1, 300) with { Cost = cost };
        AcceleratorOffer[] dearestFirst =
        [
            Priced("a-nothing", null), Priced("b-high", new AcceleratorCost { Tier = "high" }), Priced("c-low", new AcceleratorCost { Tier = "low" }),
            Priced("d-tokens", new AcceleratorCost { PerMillionTokens = Money("0.01"), Tier = "high" }), Priced("e-hour", new AcceleratorCost { PerHour = Money("5"), PerMillionTokens = Money("0.001") }),
            Priced("f-spot", new AcceleratorCost { PerHour = Money("50"), SpotPerHour = Money("2.5") }),
        ];

        for (int left = dearestFirst.Length; left > 0; left--)
            Assert.Equal(dearestFirst[left - 1].ClassName, Chosen(Policy("Cheapest"), offers: dearestFirst[..left]));
    }

    [Fact]
    public void Only_what_is_free_is_taken()
    {
        Assert.Equal("h100", Chosen(Policy("FirstAvailable"), offers: [Offer("a100", 80, 2, 312, free: 0), Offer("h100", 80, 4, 989)]));
        Assert.Contains("a100: 0 of 8 are free", Chosen(Policy("BestFit"), offers: [Offer("a100", 80, 2, 312, free: 0)]));
        Assert.Contains("GiB are missing on a100", Chosen(Policy("BestFit"), Small with { WeightBytes = 200 * GiB }, offers: [Offer("a100", 80, 2, 312, free: 1)]));
    }

    [Fact]
    public void Every_constraint_is_heeded_and_versions_compare_as_numbers()
    {
        AcceleratorOffer[] two = [Offer("old", 80, 1, 300, version: "9.0"), Offer("new", 180, 9, 2000, version: "10.0", family: "blackwell")];
        string With(ServingAcceleratorConstraints constraints) => Chosen(Policy(null, constraints), offers: two);

        Assert.Equal("new", With(new ServingAcceleratorConstraints { MinArchitectureVersion = "9.5" }));
        Assert.Equal("new", With(new ServingAcceleratorConstraints { MinMemory = 90 }));
        Assert.Equal("old", With(new ServingAcceleratorConstraints { MaxMemory = 80, MinMemory = 80 }));
        Assert.Equal("new", With(new ServingAcceleratorConstraints { MinComputePerformanceTFLOPS = 1000 }));
        Assert.Equal("new", With(new ServingAcceleratorConstraints { ExcludedClasses = ["old"] }));
        Assert.Equal("new", With(new ServingAcceleratorConstraints { ArchitectureFamilies = ["nvidia-blackwell"] }));
        Assert.Contains("lacks nvlink", With(new ServingAcceleratorConstraints { RequiredFeatures = ["FP8", "nvlink"] }));
    }

    [Fact]
    public void A_class_that_is_asked_for_is_taken_or_named_as_missing()
    {
        Assert.Equal("h100", Chosen(new AcceleratorSelector { AcceleratorClass = "h100" }));
        Assert.Contains("no node has accelerators of class 'b200'", Chosen(new AcceleratorSelector { AcceleratorClass = "b200" }));
    }

    [Fact]
    public void What_the_runtime_requires_is_heeded_field_by_field()
    {
        string With(AcceleratorRequirements requirements) => Chosen(Policy("MostCapable"), requirements: requirements);

        Assert.Equal("a100", With(new AcceleratorRequirements { AcceleratorClasses = ["t4", "a100"] }));
        Assert.Equal("h200", With(new AcceleratorRequirements { MinMemory = 100 }));
        Assert.Contains("made by nvidia", With(new AcceleratorRequirements { Vendors = ["amd"] }));
    }

    [Fact]
    public void What_is_no_compute_capability_never_meets_one_that_a_service_wants()
        => Assert.Contains("its compute capability is gfx942, 9.0 is wanted", Chosen(
            Policy(null, new ServingAcceleratorConstraints { MinArchitectureVersion = "9.0" }), offers: [Offer("mi300x", 192, 3, 1300, version: "gfx942")]));

    [Fact]
    public void Every_class_that_is_not_taken_has_a_reason()
    {
        var decision = AcceleratorChoice.Choose(new AcceleratorQuestion(null, Policy("Cheapest", new ServingAcceleratorConstraints { MinMemory = 40 }), _ => Small), All);

        Assert.Equal(["h100", "h200", "t4"], decision.Rejected.Select(r => r.Name).Order());
        Assert.All(decision.Rejected, r => Assert.NotEmpty(r.Reasons));
    }
}
