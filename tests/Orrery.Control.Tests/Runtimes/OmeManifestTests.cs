using System.Text.Json.Nodes;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;
using Orrery.Resources.Text;
using Orrery.Resources.Validation;

namespace Orrery.Control.Tests.Runtimes;

/// <summary>Manifests in OME's shape load as they are and get the runtime that OME gives them, or another one for a reason that is written down.</summary>
public sealed class OmeManifestTests
{
    private const string Namespace = "demo";

    private static readonly IReadOnlyList<Document> Objects = [.. new[] { "models.yaml", "runtimes.yaml" }.SelectMany(Read).Select(Document.From)];

    public static TheoryData<string, string?, string?, string, string, string?> Cases
    {
        get
        {
            var rows = new TheoryData<string, string?, string?, string, string, string?>();
            foreach (var row in Read("cases.yaml").Single()["cases"]!.AsArray())
                rows.Add(Text(row, "model")!, Text(row, "runtime"), Text(row, "accelerator"), Text(row, "expected")!, Text(row, "ome")!, Text(row, "difference"));
            return rows;
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_manifests_are_taken_without_a_warning()
    {
        await using var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System);
        await store.EnsureNamespaceAsync(Namespace, Ct);

        Assert.Equal(20, Objects.Count);
        foreach (var document in Objects)
        {
            Assert.Empty(UnknownFields.In(document.ToJson(), document.Kind));
            (await store.CreateAsync(document, Ct)).Stored();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_service_gets_the_runtime_that_ome_gives_it_or_a_better_one(string model, string? runtime, string? accelerator, string expected, string ome, string? difference)
    {
        var decision = Decide(model, runtime, accelerator);

        string actual = decision is RuntimeDecision.Chosen chosen ? chosen.Runtime.Name : "none";
        Assert.True(expected == actual, $"{model}: expected {expected}, got {actual}: {(decision as RuntimeDecision.None)?.Message}");
        Assert.Equal(expected == ome, difference is null);
        if (difference is not null)
            Assert.Contains($"**{difference}**", File.ReadAllText(Repository.File("docs", "decisions", "009-runtime-selection.md")));
    }

    [Fact]
    public void Every_other_runtime_has_its_reasons()
    {
        foreach (var document in Objects.Where(d => d.Kind != ServingRuntime.Kind && d.Kind != ClusterServingRuntime.Kind))
        {
            var decision = Decide(document.Metadata.Name!, null, null);
            Assert.All(decision.Others, o => Assert.NotEmpty(SelectionReport.Reasons(o, (decision as RuntimeDecision.Chosen)?.Winner)));
        }
    }

    private static RuntimeDecision Decide(string model, string? runtime, string? accelerator)
    {
        var service = new InferenceService
        {
            Metadata = new Metadata { Name = "s", Namespace = Namespace },
            Spec = new InferenceServiceSpec
            {
                Model = new ModelReference { Name = model },
                Runtime = runtime is null ? null : new RuntimeReference { Name = runtime },
                AcceleratorSelector = accelerator is null ? null : new AcceleratorSelector { AcceleratorClass = accelerator },
            },
        };
        var facts = ModelFacts.Of(Model(Objects.Single(d => d.Metadata.Name == model && d.Kind.Name.EndsWith("BaseModel", StringComparison.Ordinal))));
        // On a cluster, where containers run; nothing else of the place is known.
        return RuntimeSelection.Choose(ServiceQuestions.Selection(Document.From(service), service.Spec, facts, new ServingPlace { RunsContainers = true }), RuntimeInheritance.Resolve(Runtimes));
    }

    private static ObservedModel Model(Document document)
        => new(document.Kind.Name, document.Metadata.Name!, document.Kind == BaseModel.Kind ? document.As<BaseModel>().Spec : document.As<ClusterBaseModel>().Spec, null);

    private static IReadOnlyList<RuntimeCandidate> Runtimes =>
    [
        .. Objects.Where(d => d.Kind == ServingRuntime.Kind).Select(d => new RuntimeCandidate(d.Kind.Name, d.Metadata.Name!, d.As<ServingRuntime>().Spec)),
        .. Objects.Where(d => d.Kind == ClusterServingRuntime.Kind).Select(d => new RuntimeCandidate(d.Kind.Name, d.Metadata.Name!, d.As<ClusterServingRuntime>().Spec)),
    ];

    private static IReadOnlyList<JsonObject> Read(string name) => Yaml.ParseAll(File.ReadAllText(Repository.File("tests", "Data", "ome", name)));

    private static string? Text(JsonNode? row, string name) => (string?)row![name];
}
