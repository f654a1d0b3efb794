using System.Text.Json;
using Orrery.Control.Accelerators;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Tests.Accelerators;

public sealed class AcceleratorClassTests : IAsyncDisposable
{
    private const long GiB = 1L << 30;

    private static readonly NodeAccelerator H100 = new("nvidia", "nvidia.com/gpu", "NVIDIA H100 80GB HBM3", 80 * GiB, "9.0", "10de", "2330");

    private readonly ManualTime _time = new();
    private readonly ResourceStore _store;

    public AcceleratorClassTests() => _store = new ResourceStore(new MemoryChangeLog(), _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static Node Machine(string name, NodeAccelerator[]? accelerators, params (string Name, string Value)[] labels) => new()
    {
        Metadata = new Metadata
        {
            Name = name, Labels = labels.ToDictionary(l => l.Name, l => l.Value),
            Annotations = accelerators is null ? null : new Dictionary<string, string> { [NodeInventory.AcceleratorsAnnotation] = NodeInventory.Write(accelerators) },
        },
        Spec = new NodeSpec(),
        Status = new NodeStatus { Allocatable = new Dictionary<string, string> { ["memory"] = "1Ti", ["nvidia.com/gpu"] = "4" } },
    };

    private static int Count(AcceleratorClassSpec spec, params Node[] nodes) => AcceleratorOffers.Count(new NamedClass("c", spec), nodes, []).Total;

    [Fact]
    public void The_memory_of_a_class_is_never_held_against_that_of_the_node()
    {
        var spec = new AcceleratorClassSpec { Vendor = "nvidia", Model = "h100", Capabilities = new AcceleratorCapabilities { Memory = JsonDocument.Parse("\"80Gi\"").RootElement } };
        var small = Machine("n", [H100]) with { Status = new NodeStatus { Allocatable = new Dictionary<string, string> { ["memory"] = "8Gi" } } };

        Assert.Equal(1, Count(spec, small));
        Assert.Equal(80 * GiB, AcceleratorOffers.Count(new NamedClass("c", spec), [small], []).MemoryBytes);
    }

    [Fact]
    public void Every_part_of_the_discovery_must_match()
    {
        var node = Machine("n", [H100, H100 with { PciDevice = "2331" }], ("gpu", "h100"));
        AcceleratorClassSpec With(AcceleratorDiscovery discovery) => new() { Vendor = "nvidia", Discovery = discovery };

        Assert.Equal(2, Count(With(new AcceleratorDiscovery { NodeSelector = new Dictionary<string, string> { ["gpu"] = "h100" } }), node));
        Assert.Equal(0, Count(With(new AcceleratorDiscovery { NodeSelector = new Dictionary<string, string> { ["gpu"] = "a100" } }), node));
        Assert.Equal(1, Count(With(new AcceleratorDiscovery { PciVendorId = "0x10DE", DeviceIds = ["2331"] }), node));
        Assert.Equal(0, Count(With(new AcceleratorDiscovery { PciVendorId = "1002", DeviceIds = ["2331"] }), node));
        Assert.Equal(0, Count(new AcceleratorClassSpec { Vendor = "amd", Model = "h100" }, node));
        Assert.Equal(2, Count(new AcceleratorClassSpec { Vendor = "nvidia", Model = "H100-80GB" }, node));
    }

    [Theory]
    [InlineData("NVIDIA L40S",               "l4",        false)]
    [InlineData("NVIDIA GB200",              "b200",      false)]
    [InlineData("NVIDIA A100-SXM4-40GB",     "a10",       false)]
    [InlineData("NVIDIA A100-SXM4-40GB",     "A100",      true)]
    [InlineData("NVIDIA H100 80GB HBM3",     "h100-80gb", true)]
    [InlineData("NVIDIA GeForce RTX 4090",   "rtx4090",   true)]
    [InlineData("NVIDIA GeForce RTX 4090 D", "RTX 4090",  true)]
    [InlineData("AMD Instinct MI300X OAM",   "mi300x",    true)]
    [InlineData("NVIDIA H100 80GB HBM3",     "--",        false)]
    public void A_class_has_those_whose_name_has_its_own_in_whole_words(string name, string model, bool matches)
        => Assert.Equal(matches ? 1 : 0, Count(new AcceleratorClassSpec { Model = model }, Machine("n", [H100 with { Model = name }])));

    [Fact]
    public void An_accelerator_with_half_the_memory_of_the_class_is_not_of_it_and_the_least_that_was_found_counts()
    {
        AcceleratorClassSpec Class(string memory) => new() { Model = "a100", Capabilities = new AcceleratorCapabilities { Memory = JsonDocument.Parse($"\"{memory}\"").RootElement } };
        var small = H100 with { Model = "NVIDIA A100-SXM4-40GB", MemoryBytes = 40 * GiB };
        var slice = H100 with { Model = "NVIDIA A100-SXM4-80GB MIG 1g.10gb", Resource = "nvidia.com/mig-1g.10gb", MemoryBytes = 10 * GiB };
        var large = H100 with { Model = "NVIDIA A100-SXM4-80GB", MemoryBytes = 79 * GiB };

        Assert.Equal(0, Count(Class("80Gi"), Machine("n", [small, slice])));
        Assert.Equal(1, Count(Class("80Gi"), Machine("n", [small, slice, large])));
        Assert.Equal(79 * GiB, AcceleratorOffers.Count(new NamedClass("c", Class("80Gi")), [Machine("n", [large])], []).MemoryBytes);
        Assert.Equal(1, Count(Class("80Gi"), Machine("n", [large with { MemoryBytes = null }])));
    }

    [Theory]
    [InlineData("In",           """["h100","h200"]""", true)]
    [InlineData("NotIn",        """["h100"]""",        false)]
    [InlineData("Exists",       "[]",                  true)]
    [InlineData("DoesNotExist", "[]",                  false)]
    [InlineData("Unheard",      "[]",                  false)]
    public void Affinity_is_read_too(string op, string values, bool matches)
    {
        var affinity = JsonDocument.Parse($$$"""{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"gpu","operator":"{{{op}}}","values":{{{values}}}}]}]}}""").RootElement;

        Assert.Equal(matches ? 1 : 0, Count(new AcceleratorClassSpec { Discovery = new AcceleratorDiscovery { Affinity = affinity } }, Machine("n", [H100], ("gpu", "h100"))));
    }

    [Fact]
    public void An_affinity_term_without_expressions_holds_for_no_node()
    {
        var affinity = JsonDocument.Parse("""{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[]},{}]}}}""").RootElement;

        Assert.Equal(0, Count(new AcceleratorClassSpec { Discovery = new AcceleratorDiscovery { Affinity = affinity } }, Machine("n", [H100])));
    }

    [Theory]
    [InlineData("Gt", "80",  false)]
    [InlineData("Gt", "79",  true)]
    [InlineData("Lt", "81",  true)]
    [InlineData("Lt", "80",  false)]
    [InlineData("Lt", "odd", false)]
    public void Affinity_compares_labels_as_numbers(string op, string value, bool matches)
    {
        var affinity = JsonDocument.Parse($$$"""{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"gib","operator":"{{{op}}}","values":["{{{value}}}"]}]}]}}""").RootElement;

        Assert.Equal(matches ? 1 : 0, Count(new AcceleratorClassSpec { Discovery = new AcceleratorDiscovery { Affinity = affinity } }, Machine("n", [H100], ("gib", "80"))));
    }

    [Theory]
    [InlineData("""[{"model":"h100","model":"h100"}]""")]
    [InlineData("""[{"model":1,"vendor":{},"memoryBytes":"much"}, null, 5]""")]
    [InlineData("""{"model":"h100"}""")]
    [InlineData("[")]
    public void An_inventory_that_somebody_else_wrote_anyhow_is_no_crash(string annotation)
    {
        var node = Machine("n", [H100]) with { Metadata = new Metadata { Name = "n", Annotations = new Dictionary<string, string> { [NodeInventory.AcceleratorsAnnotation] = annotation, [NodeInventory.ProgramsAnnotation] = annotation } } };

        Assert.Equal(0, Count(new AcceleratorClassSpec { Model = "h100" }, node));
        Assert.Empty(NodeInventory.Programs(node) ?? new Dictionary<string, bool>());
    }

    [Fact]
    public void Counts_that_nobody_can_have_stay_numbers()
    {
        var nodes = Enumerable.Range(0, 3).Select(i => Machine($"n{i}", null, ("gpu", "x")) with
        {
            Status = new NodeStatus { Allocatable = new Dictionary<string, string> { ["nvidia.com/gpu"] = "9E" } },
        }).ToArray();
        var service = new InferenceService
        {
            Metadata = new Metadata { Name = "s", Namespace = "default" },
            Status = new InferenceServiceStatus
            {
                Components = new Dictionary<string, ComponentStatus> { ["engine"] = new() { DesiredReplicas = int.MaxValue, SelectedAccelerator = new SelectedAccelerator { AcceleratorClass = "c", Count = 8 } } },
            },
        };
        var spec = new AcceleratorClassSpec { Discovery = new AcceleratorDiscovery { NodeSelector = new Dictionary<string, string> { ["gpu"] = "x" } } };

        var claims = AcceleratorClaims.Of([service], null);
        var offer = AcceleratorOffers.Count(new NamedClass("c", spec), nodes, [.. claims, .. claims]);

        Assert.Equal((3 * 4096, 0, 3), (offer.Total, offer.Free, offer.FullNodes));
    }

    [Fact]
    public void Nodes_without_an_inventory_are_counted_by_their_resources()
        => Assert.Equal(2, Count(
            new AcceleratorClassSpec
            {
                Discovery = new AcceleratorDiscovery { NodeSelector = new Dictionary<string, string> { ["gpu"] = "h100" } },
                Resources = [new AcceleratorResource { Name = "nvidia.com/gpu", Quantity = JsonDocument.Parse("\"2\"").RootElement }],
            },
            Machine("n", null, ("gpu", "h100"))));

    [Fact]
    public void Free_are_those_that_no_service_has()
    {
        InferenceService Service(string name, int count, int replicas) => new()
        {
            Metadata = new Metadata { Name = name, Namespace = "default" },
            Status = new InferenceServiceStatus
            {
                Components = new Dictionary<string, ComponentStatus>
                {
                    ["engine"] = new() { DesiredReplicas = replicas, SelectedAccelerator = new SelectedAccelerator { AcceleratorClass = "c", Count = count } },
                },
            },
        };
        InferenceService[] services = [Service("a", 2, 1), Service("b", 1, 2), Service("gone-to-zero", 4, 0)];
        var nodes = new[] { Machine("n", [.. Enumerable.Repeat(H100, 8)]) };
        var named = new NamedClass("c", new AcceleratorClassSpec { Model = "h100" });

        Assert.Equal((8, 4), (AcceleratorOffers.Count(named, nodes, AcceleratorClaims.Of(services, null)) is var all ? (all.Total, all.Free) : default));
        Assert.Equal(6, AcceleratorOffers.Count(named, nodes, AcceleratorClaims.Of(services, InferenceService.Kind.Key("default", "a"))).Free);
    }

    [Fact]
    public async Task A_node_with_accelerators_that_no_class_describes_gets_a_class_and_its_status_counts_them()
    {
        var controller = new AcceleratorClassController(_store, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var node = (await _store.CreateAsync(Document.From(Machine("n", [H100, H100])), Ct)).Stored();

        await foreach (var key in controller.Triggers().Single(t => t.Name == "nodes").Keys(stop.Token))
        {
            await controller.ReconcileAsync(key, Ct);
            break;
        }

        var made = (await _store.GetAsync<AcceleratorClass>("", "nvidia-h100-80gb-hbm3", Ct))!;
        Assert.Equal((2, 2, 1), (made.Status!.TotalAccelerators, made.Status.AvailableAccelerators, made.Status.AvailableNodes));
        Assert.Equal("True", made.Status.Conditions.Find("Available")!.Status);
        Assert.Empty(AcceleratorClassPlan.Discovered(node.As<Node>(), [new NamedClass("mine", new AcceleratorClassSpec { Vendor = "nvidia", Model = "h100" })]));
    }

    [Fact]
    public async Task A_status_that_says_it_already_is_not_written_again_and_a_class_without_accelerators_says_so()
    {
        var controller = new AcceleratorClassController(_store, _time);
        var document = (await _store.CreateAsync(Document.From(new AcceleratorClass { Metadata = new Metadata { Name = "absent" }, Spec = new AcceleratorClassSpec { Model = "x" } }), Ct)).Stored();

        await controller.ReconcileAsync(document.Key, Ct);
        var told = (await _store.GetAsync(document.Key, Ct))!;
        _time.Advance(TimeSpan.FromHours(1));
        await controller.ReconcileAsync(document.Key, Ct);

        Assert.Equal("NotFound", told.As<AcceleratorClass>().Status!.Conditions.Find("Available")!.Reason);
        Assert.Equal(told.Metadata.ResourceVersion, (await _store.GetAsync(document.Key, Ct))!.Metadata.ResourceVersion);
    }
}
