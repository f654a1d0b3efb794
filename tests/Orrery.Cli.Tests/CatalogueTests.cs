using Orrery.Cli.Catalogue;
using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Engine;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Validation;

namespace Orrery.Cli.Tests;

public sealed class CatalogueTests : IAsyncLifetime
{
    private const long GiB = 1L << 30;

    private static readonly string[] Foreign = ["vllm", "sglang", "text-generation-launcher", "trtllm-serve", "tritonserver", "llama-server", "ollama", "text-embeddings-router"];

    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.EnsureNamespaceAsync("default", Ct);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static IReadOnlyList<RuntimeCandidate> Candidates { get; } = RuntimeInheritance.Resolve(
        [.. RuntimeCatalogue.Load().Select(d => new RuntimeCandidate("ClusterServingRuntime", d.Metadata.Name!, d.As<ClusterServingRuntime>().Spec))]);

    private static ServingPlace Place(string[]? programs = null, params AcceleratorOffer[] accelerators) => new()
    {
        Programs = Foreign.ToDictionary(p => p, p => programs?.Contains(p) == true), Accelerators = accelerators, MemoryBytes = 64 * GiB,
    };

    private static readonly AcceleratorOffer H100 = new("h100") { Vendor = "nvidia", ArchitectureVersion = "9.0", MemoryBytes = 80 * GiB, Nodes = ["n"], Total = 1, Free = 1, PerNode = 1 };

    private static RuntimeDecision Decide(ModelFacts model, ServingPlace place) => RuntimeSelection.Choose(new SelectionQuestion(model) { Place = place }, Candidates);

    private static string Chosen(ModelFacts model, ServingPlace place) => Decide(model, place) is RuntimeDecision.Chosen chosen ? chosen.Runtime.Name : "none";

    private static ModelFacts Model(string format, string architecture, string quantization = "BF16", string capability = "TEXT_TO_TEXT")
        => new("m") { Format = new FormatSpec { Name = format }, Architecture = architecture, Quantization = quantization, Capabilities = [capability], Parameters = 8e9 };

    [Fact]
    public void Every_entry_is_valid_has_no_unknown_field_and_inherits_what_is_there()
    {
        var all = RuntimeCatalogue.Load();

        Assert.Equal(
            ["accelerated", "llama.cpp", "llama.cpp-embeddings", "nim", "ollama", "orrery", "sglang", "tensorrt-llm", "tensorrt-llm-engine", "text-embeddings-inference", "text-embeddings-inference-cuda", "tgi", "triton", "vllm"],
            all.Select(d => d.Metadata.Name).Order(StringComparer.Ordinal));
        Assert.All(all, d => Assert.Empty(UnknownFields.In(d.ToJson(), d.Kind)));
        Assert.All(all, d => Assert.Empty(d.Kind.Problems(d)));
        Assert.All(Candidates, c => Assert.Null(c.Problem));
        Assert.All(Candidates, c => Assert.NotEmpty(c.Spec.SupportedModelFormats!));
        Assert.All(Candidates.Where(c => c.Name is not ("orrery" or "accelerated")), c => Assert.NotNull(c.Spec.EngineConfig?.Runner?.Image));
    }

    [Fact]
    public void A_runtime_for_one_maker_of_accelerators_inherits_no_other()
        => Assert.Equal(["nvidia"], Candidates.Single(c => c.Name == "tensorrt-llm").Spec.AcceleratorRequirements!.Vendors);

    [Fact]
    public void Our_engine_names_exactly_what_it_reads()
    {
        var formats = Candidates.Single(c => c.Name == "orrery").Spec.SupportedModelFormats!;

        Assert.Equal(SupportedArchitectures.Gguf, formats.Single(f => f.FormatName() == "gguf").ModelArchitectures);
        Assert.Equal(SupportedArchitectures.Safetensors, formats.Single(f => f.FormatName() == "safetensors").ModelArchitectures);
    }

    [Fact]
    public void On_a_machine_without_their_programs_the_foreign_ones_say_so_and_our_engine_serves()
    {
        var decision = Assert.IsType<RuntimeDecision.Chosen>(Decide(Model("gguf", "llama", "Q8_0"), Place()));

        Assert.Equal("orrery", decision.Runtime.Name);
        Assert.All(decision.Others.Where(o => o.Runtime.Name is not ("nim" or "accelerated")), o => Assert.Contains(o.Reasons(), r => r.Contains("is not on the PATH", StringComparison.Ordinal)));
        Assert.Contains(decision.Others.Single(o => o.Runtime.Name == "nim").Reasons(), r => r.Contains("only a container form", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gguf",         "llama",            "Q8_0",  "TEXT_TO_TEXT", false, "orrery")]
    [InlineData("gguf",         "an-unheard-of-one", "Q8_0", "TEXT_TO_TEXT", false, "llama.cpp")]
    [InlineData("safetensors",  "llama",            "BF16",  "TEXT_TO_TEXT", false, "orrery")]
    [InlineData("safetensors",  "llama",            "BF16",  "TEXT_TO_TEXT", true,  "vllm")]
    [InlineData("safetensors",  "bert",             "F32",   "EMBEDDING",    false, "orrery")]
    [InlineData("safetensors",  "modernbert",       "F32",   "RERANK",       false, "text-embeddings-inference")]
    [InlineData("safetensors",  "Qwen3ForCausalLM", "gptq",  "TEXT_TO_TEXT", true,  "vllm")]
    [InlineData("tensorrt-llm", "llama",            "fp8",   "TEXT_TO_TEXT", true,  "tensorrt-llm-engine")]
    [InlineData("gguf",         "an-unheard-of-one", "Q8_0", "EMBEDDING",    false, "llama.cpp-embeddings")]
    [InlineData("gguf",         "an-unheard-of-one", "Q8_0", "RERANK",       false, "none")]
    [InlineData("gguf",         "bert",             "F16",   "RERANK",       false, "none")]
    [InlineData("safetensors",  "llama",            "quark", "TEXT_TO_TEXT", true,  "vllm")]
    [InlineData("onnx",         "resnet",           "F32",   "TEXT_TO_TEXT", true,  "none")]
    public void Where_every_program_is_there_the_right_one_is_taken(string format, string architecture, string quantization, string capability, bool gpu, string expected)
        => Assert.Equal(expected, Chosen(Model(format, architecture, quantization, capability), gpu ? Place(Foreign, H100) : Place(Foreign)));

    [Fact]
    public void Our_engine_says_at_once_that_it_does_not_rank_texts()
    {
        var ranker = Model("safetensors", "bert", "F32", "RERANK");

        var none = Assert.IsType<RuntimeDecision.None>(RuntimeSelection.Choose(new SelectionQuestion(ranker, new RuntimeReference { Name = "orrery" }) { Place = Place() }, Candidates));

        Assert.Contains("capabilities: the model has RERANK, the runtime serves TEXT_TO_TEXT, EMBEDDING", none.Message);
    }

    [Fact]
    public void What_a_server_does_on_accelerators_alone_is_an_entry_of_its_own()
    {
        bool Fits(string runtime, string architecture, ServingPlace place)
            => RuntimeSelection.Choose(new SelectionQuestion(Model("safetensors", architecture, "F16", "EMBEDDING"), new RuntimeReference { Name = runtime }) { Place = place }, Candidates) is RuntimeDecision.Chosen;

        Assert.True(Fits("text-embeddings-inference", "bert", Place(Foreign)));
        Assert.False(Fits("text-embeddings-inference", "qwen2", Place(Foreign)));
        Assert.False(Fits("text-embeddings-inference-cuda", "qwen2", Place(Foreign)));
        Assert.True(Fits("text-embeddings-inference-cuda", "qwen2", Place(Foreign, H100)));
        Assert.False(Fits("text-embeddings-inference-cuda", "qwen2", Place(Foreign, H100 with { ArchitectureVersion = "7.5" })));
    }

    [Fact]
    public void What_no_request_can_reach_is_refused_by_every_runtime_whatever_it_serves()
    {
        var home = ServingPlace.Of([new Node { Metadata = new Metadata { Name = "n" } }], [], []) with { Programs = Foreign.ToDictionary(p => p, _ => true), Accelerators = [H100] };

        foreach (string capability in (string[])["RERANK", "TEXT_CLASSIFICATION", "AUDIO_TO_TEXT", "TEXT_TO_IMAGE"])
        {
            var none = Assert.IsType<RuntimeDecision.None>(Decide(Model("safetensors", "bert", "F32", capability), home));
            Assert.All(none.Others, o => Assert.Contains(o.Reasons(), r => r.Contains($"the model has {capability}, and this home takes requests for", StringComparison.Ordinal)));
        }
        Assert.Equal("vllm", Chosen(Model("safetensors", "Qwen2VLForConditionalGeneration", capability: "VISION"), home));
    }

    // Version 5 of transformers writes config.json anew (rope_parameters), which servers with version 4 misread.
    [Theory]
    [InlineData("vllm",         "4.57.1",     true)]
    [InlineData("vllm",         "5.6.0",      true)]
    [InlineData("vllm",         "6.0.0.dev0", true)]
    [InlineData("vllm",         "6.0.0",      false)]
    [InlineData("sglang",       "5.12.1",     true)]
    [InlineData("tensorrt-llm", "5.5.3",      true)]
    [InlineData("tgi",          "4.57.1",     true)]
    [InlineData("tgi",          "5.0.0",      false)]
    public void Servers_take_models_of_the_versions_of_transformers_that_they_bring(string runtime, string version, bool fits)
    {
        var model = Model("safetensors", "LlamaForCausalLM") with { Framework = new FormatSpec { Name = "transformers", Version = version } };

        var decision = RuntimeSelection.Choose(new SelectionQuestion(model, new RuntimeReference { Name = runtime }) { Place = Place(Foreign, H100) }, Candidates);

        Assert.Equal(fits, decision is RuntimeDecision.Chosen);
    }

    [Theory]
    [InlineData("nvidia", "7.0",    "orrery")]
    [InlineData("nvidia", "7.5",    "vllm")]
    [InlineData("nvidia", null,     "orrery")]
    [InlineData("amd",    "gfx942", "vllm")]
    [InlineData("amd",    null,     "vllm")]
    [InlineData("intel",  "12.0",   "orrery")]
    public void Compute_capability_is_held_against_nvidias_accelerators_alone(string vendor, string? version, string expected)
        => Assert.Equal(expected, Chosen(Model("safetensors", "llama"), Place(Foreign, H100 with { Vendor = vendor, ArchitectureVersion = version })));

    [Fact]
    public void Containers_have_a_tag_and_say_what_the_process_says()
    {
        foreach (var one in Candidates.Where(c => c.Spec.EngineConfig?.Runner is not null && c.Name != "ollama"))
        {
            var runner = one.Spec.EngineConfig!.Runner!;
            string container = string.Join(' ', [.. runner.Command ?? [], .. runner.Args ?? [], .. (runner.Env ?? []).Select(e => e.Value ?? "")]);

            Assert.Contains(':', runner.Image!.Split('/')[^1]);
            Assert.Contains("$(MODEL_PATH)", container);
            foreach (string word in (string[])["$(MODEL_NAME)", "$(TENSOR_PARALLEL_SIZE)", "$(PIPELINE_PARALLEL_SIZE)", "--embeddings", "tensorrt"])
                Assert.Equal((one.Spec.Process?.Command ?? []).Concat(one.Spec.Process?.Args ?? []).Contains(word), container.Split(' ').Contains(word) && one.Spec.Process is not null);
            Assert.Equal(runner.Ports![0].Number, runner.ReadinessProbe!.Value.GetProperty("httpGet").GetProperty("port").GetInt32());
        }
    }

    [Fact]
    public async Task What_nobody_touched_follows_the_program_and_what_somebody_changed_or_deleted_stays_so()
    {
        var first = RuntimeCatalogue.Load();
        await CatalogueSeed.PlantAsync(_store, first, Ct);
        var key = ClusterServingRuntime.Kind.Key("vllm");
        (await _store.UpdateAsync((await _store.GetAsync(key, Ct))!.Edit(j => j["spec"]!["disabled"] = true), Ct)).Stored();
        (await _store.DeleteAsync(ClusterServingRuntime.Kind.Key("tgi"), Preconditions.None, Ct)).Stored();
        Document[] next = [.. first.Select(d => d.Edit(j => j["spec"]!["modelSizeRange"] = new System.Text.Json.Nodes.JsonObject { ["min"] = "1B" }))];

        await CatalogueSeed.PlantAsync(_store, next, Ct);

        Assert.Equal("1B", (await _store.GetAsync<ClusterServingRuntime>("", "sglang", Ct))!.Spec.ModelSizeRange!.Min);
        Assert.True((await _store.GetAsync<ClusterServingRuntime>("", "vllm", Ct))!.Spec is { Disabled: true, ModelSizeRange: null });
        Assert.Null(await _store.GetAsync(ClusterServingRuntime.Kind.Key("tgi"), Ct));
    }

    [Fact]
    public async Task A_second_start_writes_nothing_and_a_home_from_before_the_catalogue_gets_the_engine_of_today()
    {
        (await _store.CreateAsync(Document.From(new ClusterServingRuntime { Metadata = new Metadata { Name = "orrery" }, Spec = new RuntimeSpec { Process = new ProcessSpec { Command = ["orrery", "$(SOCKET)"] } } }), Ct)).Stored();
        await CatalogueSeed.PlantAsync(_store, RuntimeCatalogue.Load(), Ct);
        string before = (await _store.ListAsync(ClusterServingRuntime.Kind, null, Ct)).ResourceVersion;

        await CatalogueSeed.PlantAsync(_store, RuntimeCatalogue.Load(), Ct);

        Assert.Equal(before, (await _store.ListAsync(ClusterServingRuntime.Kind, null, Ct)).ResourceVersion);
        Assert.Equal(2, (await _store.GetAsync<ClusterServingRuntime>("", "orrery", Ct))!.Spec.SupportedModelFormats!.Count);
    }
}
